"""The configuration's `demo`: the demo world."""

from typing import Annotated

from pydantic import Field

from understudy.configuration.kinds import Count, Folder, Quality, Section
from understudy.demo.settings import WorldSettings

Side = Annotated[int, Field(ge=16, le=8192, multiple_of=2)]


class DemoVideo(Section):
    """Size and length of one kind of the demo world's videos."""

    of = WorldSettings

    width: Side = WorldSettings.width
    height: Side = WorldSettings.height
    fps: Annotated[float, Field(ge=1, le=240)] = float(WorldSettings.fps)
    seconds: Annotated[float, Field(gt=0, le=3600)] = float(WorldSettings.seconds)
    noise: Annotated[float, Field(ge=0, le=255)] = WorldSettings.noise
    crf: Quality = WorldSettings.crf
    depth_every: Count = WorldSettings.depth_every


class DemoBackground(Section):
    """Size of the demo world's background images."""

    width: Side = 640
    """Width, px."""

    height: Side = 480
    """Height, px."""


class Demo(Section):
    """The demo world; it makes only the videos under its folder."""

    world: Folder = "results/demo/world"
    """Folder of the demo world; a table's video under it is rendered on demand."""

    identity: DemoVideo = Field(default_factory=DemoVideo)
    """Size and length of identity videos (see "A video of the demo world" below)."""

    clip: DemoVideo = Field(default_factory=DemoVideo)
    """Size and length of reference videos, with the same keys."""

    real: DemoVideo = Field(default_factory=DemoVideo)
    """Size and length of the recognisers' real videos, with the same keys."""

    background: DemoBackground = Field(default_factory=DemoBackground)
    """Size of the background images (see "A background of the demo world" below)."""
