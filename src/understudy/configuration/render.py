"""The configuration's `render` and `backgrounds`: re-enactment and compositing."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from understudy.configuration.kinds import Count, Quality, Section, Unique, allowed

TURNED = re.compile(r"az(0|-?[1-9][0-9]{0,2})_el(0|-?[1-9][0-9]?)")


def _view(text: str) -> str:
    turned = TURNED.fullmatch(text)
    if text == "source" or (turned and abs(int(turned[1])) <= 180 and abs(int(turned[2])) < 90):
        return text
    raise ValueError


View = Annotated[
    str,
    AfterValidator(_view),
    allowed("source, or degrees as in az30_el-10: az from -180 to 180, el from -89 to 89"),
]


class Render(Section):
    """Re-enactment."""

    views: Annotated[list[View], Field(min_length=1), Unique] = Field(["source"])
    """Cameras: source is the reference's own; az30_el-10 is rotated about the person, degrees."""

    placement: Literal["ground", "copy"] = "ground"
    """ground: the person's own size, with feet on the reference's ground. copy: the reference's
    translation unchanged (the paper)."""

    keep_rgba: bool = False
    """Keep the lossless RGBA masters, so that new backgrounds need no re-rendering (about 20 MB per
    pair)."""

    crf: Quality = 18
    """H.264 quality of the videos; lower is better."""


class Backgrounds(Section):
    """Compositing."""

    per_pair: Count = 3
    """g: number of backgrounds for each (reference, identity) pair."""

    resize: Literal["cover", "stretch", "contain"] = "cover"
    """How an image fills the frame."""
