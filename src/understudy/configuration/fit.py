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
    """The longest span in which nobody is seen, s."""

    jitter: Positive = FlagSettings.jitter
    """Mean acceleration of the joints, mm a frame² at 30 frames a second."""

    fastest_turn: Positive = FlagSettings.fastest_turn
    """Turn of the pelvis from a frame to the next, deg/s: nobody turns that fast; a fit that
    takes a back for a front does."""

    slide: Positive = FlagSettings.slide
    """Movement of standing feet, 95th percentile, mm a frame at 30 frames a second."""

    beyond_limits: Share = FlagSettings.beyond_limits
    """Share of joints turned more than 10° beyond an anatomical limit."""

    least_seen: Share = FlagSettings.least_seen
    """Least share of the frames that show the trunk, and each leg: the pose of what is not seen
    is a guess."""


class FitSection(Section):
    """The body fit."""

    preset: Literal[*CHOICES["fit"]] = "understudy"
    """understudy: our own, all frames at once with terms over time. paper: ExAvatar's, in
    batches of shuffled frames, smoothed afterwards; minutes instead of seconds
    (docs/fits.md)."""

    focal: Annotated[float, Field(gt=0, le=100)] = FitSettings.focal
    """Focal length over the longer image side, before the clip has its say. Phones and action
    cameras film at 0.75 to 1.1."""

    focal_sigma: Positive = FitSettings.focal_sigma
    """How far the clip's perspective may take the focal length from there (of its logarithm)."""

    least_score: PositiveShare = FitSettings.least_score
    """A keypoint scored lower is not seen."""

    least_frames: PositiveShare = FitSettings.least_frames
    """A clip with a smaller share of usable frames than this is refused."""

    flagged: Literal["warn", "refuse"] = "warn"
    """What becomes of a fit that fit.flag flags. warn: the job's log, make status and the
    report name it; refuse: its job fails, and no GPU hours are spent on it. A change concerns
    fits still to be made."""

    flag: Flag = Field(default_factory=Flag)
    """The limits beyond which a fit is flagged (below, "The flags of a fit")."""
