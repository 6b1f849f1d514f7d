"""The configuration's `fit`: the body fit."""

from typing import Annotated, Literal

from pydantic import Field

from understudy.artifacts.filming import EVENTS
from understudy.choices import CHOICES
from understudy.configuration.kinds import MANY, Positive, PositiveShare, Section, Share, Unique
from understudy.fitting.settings import FitSettings, FlagSettings


class Flag(Section):
    """A fit is flagged if a figure that it reports about itself is beyond its limit."""

    of = FlagSettings

    error: Positive = FlagSettings.error
    bridged: Share = FlagSettings.bridged
    longest_bridge: Annotated[float, Field(ge=0, le=MANY)] = FlagSettings.longest_bridge
    jitter: Positive = FlagSettings.jitter
    fastest_turn: Positive = FlagSettings.fastest_turn
    slide: Positive = FlagSettings.slide
    beyond_limits: Share = FlagSettings.beyond_limits
    least_seen: Share = FlagSettings.least_seen
    filming: Annotated[list[Literal[*EVENTS]], Unique] = Field(default=list(FlagSettings.filming))


class FitSection(Section):
    """The body fit."""

    of = FitSettings

    preset: Literal[*CHOICES["fit"]] = "understudy"
    """understudy: our own method, all frames at once with temporal terms. paper: ExAvatar's, in
    batches of shuffled frames, smoothed afterwards; takes minutes instead of seconds
    (docs/fits.md)."""

    focal: Annotated[float, Field(gt=0, le=100)] = FitSettings.focal
    focal_sigma: Positive = FitSettings.focal_sigma
    least_score: PositiveShare = FitSettings.least_score
    least_frames: PositiveShare = FitSettings.least_frames
    flagged: Literal["warn", "refuse"] = "warn"
    """What happens to a flagged fit. warn: the job's log, make status and
    the report name it. refuse: its job fails, and no GPU hours are spent on it. A change affects
    only fits still to be made."""

    flag: Flag = Field(default_factory=Flag)
    """The limits beyond which a fit is flagged (see "The flags of a fit" below)."""
