"""The configuration's `fit`: the body fit."""

from typing import Annotated, Literal

from pydantic import Field

from understudy.choices import CHOICES
from understudy.configuration.kinds import MANY, Positive, PositiveShare, Section, Share
from understudy.fitting.settings import FitSettings, FlagSettings


class Flag(Section):
    """A fit is flagged where a number that it says of itself lies beyond its limit."""

    error: Positive = FlagSettings.error
    """Median distance of the body's points from their keypoints, % of the person's height."""

    bridged: Share = FlagSettings.bridged
    """Share of frames in which nobody is seen."""

    longest_bridge: Annotated[float, Field(ge=0, le=MANY)] = FlagSettings.longest_bridge
    """Longest span in which nobody is seen, s."""

    jitter: Positive = FlagSettings.jitter
    """Mean acceleration of the joints, mm per frame² at 30 frames per second."""

    fastest_turn: Positive = FlagSettings.fastest_turn
    """Fastest turn of the pelvis from one frame to the next, deg/s. Nobody turns that fast, but a
    fit that mistakes a back for a front does."""

    slide: Positive = FlagSettings.slide
    """Movement of standing feet, 95th percentile, mm per frame at 30 frames per second."""

    beyond_limits: Share = FlagSettings.beyond_limits
    """Share of joints rotated more than 10° beyond an anatomical limit."""

    least_seen: Share = FlagSettings.least_seen
    """Minimum share of frames that show the trunk, and each leg: the pose of an unseen part is a
    guess."""


class FitSection(Section):
    """The body fit."""

    preset: Literal[*CHOICES["fit"]] = "understudy"
    """understudy: our own method, all frames at once with temporal terms. paper: ExAvatar's, in
    batches of shuffled frames, smoothed afterwards; takes minutes instead of seconds
    (docs/fits.md)."""

    focal: Annotated[float, Field(gt=0, le=100)] = FitSettings.focal
    """Initial focal length divided by the longer image side; the fit refines it. Phones and action
    cameras have 0.75 to 1.1."""

    focal_sigma: Positive = FitSettings.focal_sigma
    """How far the fit may move the focal length (prior sigma of its logarithm)."""

    least_score: PositiveShare = FitSettings.least_score
    """Keypoints with a lower score count as not seen."""

    least_frames: PositiveShare = FitSettings.least_frames
    """A clip with a smaller share of usable frames is rejected."""

    flagged: Literal["warn", "refuse"] = "warn"
    """What happens to a flagged fit. warn: the job's log, make status and
    the report name it. refuse: its job fails, and no GPU hours are spent on it. A change affects
    only fits still to be made."""

    flag: Flag = Field(default_factory=Flag)
    """The limits beyond which a fit is flagged (see "The flags of a fit" below)."""
