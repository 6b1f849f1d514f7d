"""The configuration's `video`: what videos are normalised to."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from understudy.configuration.kinds import Section
from understudy.video.settings import NormaliseSettings

MIN_FRAMES = 2  # fewer are not a clip
Seconds = Annotated[float, Field(gt=0, le=36000)]
Rate = Annotated[float, Field(ge=0.1, le=1000)]
VideoSize = Annotated[int, Field(ge=16, le=8192)]


class Film(Section):
    """A format that videos are normalised to."""

    of = NormaliseSettings

    size: VideoSize | None = NormaliseSettings.size
    square: bool = NormaliseSettings.square
    seconds: Seconds
    fps: Rate

    @model_validator(mode="after")
    def _is_a_clip(self) -> "Film":
        if self.seconds * self.fps < MIN_FRAMES:
            raise ValueError(
                f"{self.seconds:g} s at {self.fps:g} frames per second is not a clip; "
                "give more of either"
            )
        return self


class IdentityVideo(Film):
    """Identity videos."""

    seconds: Seconds = 18.0
    """Maximum length in seconds; `policy` says what happens to longer videos."""

    fps: Rate = 18.0
    """Frames per second."""

    policy: Literal["resample", "trim", "keep"] = "resample"
    """Longer videos: resample (the whole video, sampled evenly and so played faster; the manifest
    says so), trim (cut) or keep (any length)."""


class ReferenceVideo(Film):
    """Reference videos."""

    seconds: Seconds = 20.0
    """Maximum length in seconds; `policy` says what happens to longer videos."""

    fps: Rate = 25.0
    """Frames per second."""

    policy: Literal["resample", "trim", "keep"] = "trim"
    """Longer videos: resample, trim or keep, as for identities."""


class Video(Section):
    """What videos are normalised to (paper, appendix 3)."""

    identity: IdentityVideo = Field(default_factory=IdentityVideo)
    """Identity videos."""

    reference: ReferenceVideo = Field(default_factory=ReferenceVideo)
    """Reference videos."""
