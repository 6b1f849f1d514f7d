"""The configuration's `fit`: the body fit."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from understudy.configuration.kinds import (
    MANY,
    Count,
    Positive,
    PositiveShare,
    Section,
    Share,
)
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


class Fit(Section):
    """The body fit."""

    preset: Literal["understudy", "paper"] = "understudy"
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

    least_points: Annotated[int, Field(ge=1, le=12)] = FitSettings.least_points
    """A frame with fewer of the 12 shoulders, elbows, wrists, hips, knees, ankles is bridged."""

    least_frames: PositiveShare = FitSettings.least_frames
    """A clip with a smaller share of usable frames than this is refused."""

    widths: Annotated[list[Positive], Field(min_length=1)] = Field(list(FitSettings.widths))
    """Robust widths of the keypoints, % of the person's height, one a stage: wide, then narrow.
    A narrow one from the start would hold fast limbs where they were begun."""

    iterations: Annotated[list[Count], Field(min_length=1)] = Field(list(FitSettings.iterations))
    """The most Gauss–Newton steps of each stage."""

    enough: PositiveShare = FitSettings.enough
    """A stage ends when a step lowers the cost by less than this share."""

    body_sigma: Positive = FitSettings.body_sigma
    """Shoulders, elbows, wrists, knees, ankles."""

    hip_sigma: Positive = FitSettings.hip_sigma
    """Hips: detectors put them elsewhere than the body's joints."""

    head_sigma: Positive = FitSettings.head_sigma
    """Nose, eyes, ears."""

    foot_sigma: Positive = FitSettings.foot_sigma
    """Toes and heels."""

    face_sigma: Positive = FitSettings.face_sigma
    """Those of the 68 face points that the body is fitted to; used where the face is seen."""

    hand_sigma: Positive = FitSettings.hand_sigma
    """Knuckles and finger tips; they turn the wrist, fingers come from the hands file."""

    limb_sigma: Positive = FitSettings.limb_sigma
    """Limbs and trunk against the detector's world landmarks, in the last stage."""

    first_limb_sigma: Positive = FitSettings.first_limb_sigma
    """The same in the first stage, where the pictures hold little yet."""

    limb_width: Positive = FitSettings.limb_width
    """Robust width of the limb directions."""

    lifted_trust: Positive = FitSettings.lifted_trust
    """How much directions count that had to be guessed from the picture."""

    upright_sigma: Positive = FitSettings.upright_sigma
    """A standing body's line from ankles to neck against the clip's one vertical."""

    part_upright_sigma: Positive = FitSettings.part_upright_sigma
    """The same of its legs alone and of its trunk alone."""

    upright_width: Positive = FitSettings.upright_width
    """Robust width of the former: who bows, sits or kicks is let go."""

    upright_prior: Positive = FitSettings.upright_prior
    """How much the image's vertical counts in the clip's, against all frames' bodies."""

    spine_sigma: Positive = FitSettings.spine_sigma
    """Spread of spine joints about straight, rad."""

    collar_sigma: Positive = FitSettings.collar_sigma
    """Spread of collar joints, rad."""

    foot_joint_sigma: Positive = FitSettings.foot_joint_sigma
    """Spread of the toes' joints, rad."""

    ankle_sigma: Positive = FitSettings.ankle_sigma
    """Spread of ankles, rad."""

    neck_sigma: Positive = FitSettings.neck_sigma
    """Spread of neck and head, rad."""

    wrist_sigma: Positive = FitSettings.wrist_sigma
    """Spread of wrists, rad."""

    limb_pose_sigma: Positive = FitSettings.limb_pose_sigma
    """Hips, knees, shoulders, elbows: all but free."""

    limit_sigma: Positive = FitSettings.limit_sigma
    """Beyond an anatomical limit."""

    joint_sigma: Positive = FitSettings.joint_sigma
    """Acceleration of the joints as the pelvis sees them, m a frame²."""

    root_sigma: Positive = FitSettings.root_sigma
    """Acceleration of the pelvis across the view, m a frame²."""

    depth_sigma: Positive = FitSettings.depth_sigma
    """The same along the viewing axis, where keypoints say little."""

    turn_sigma: Positive = FitSettings.turn_sigma
    """Change of the joints' angular velocity (matrix norm a frame²)."""

    root_turn_sigma: Positive = FitSettings.root_turn_sigma
    """The same of the pelvis."""

    contact_sigma: Positive = FitSettings.contact_sigma
    """Speed of a heel or toe that stands, m a frame."""

    contact_width: Positive = FitSettings.contact_width
    """Robust width of the former: a foot that moves along the viewing axis only seems to stand."""

    contact_speed: Positive = FitSettings.contact_speed
    """A heel or toe slower than about this in the picture stands, % of height a frame."""

    betas: Annotated[int, Field(ge=1, le=300)] = FitSettings.betas
    """How many shape coefficients are fitted."""

    beta_sigma: Positive = FitSettings.beta_sigma
    """Shape coefficients, in the model's own standard deviations."""

    joint_offset_sigma: Positive = FitSettings.joint_offset_sigma
    """Offset of a rest joint, m."""

    landmark_offset_sigma: Positive = FitSettings.landmark_offset_sigma
    """Distance of a detector's idea of a landmark from the body's, m."""

    flagged: Literal["warn", "refuse"] = "warn"
    """What becomes of a fit that fit.flag flags. warn: the job's log, make status and the
    report name it; refuse: its job fails, and no GPU hours are spent on it. A change concerns
    fits still to be made."""

    flag: Flag = Field(default_factory=Flag)
    """When a fit is flagged."""

    @model_validator(mode="after")
    def _stages(self) -> "Fit":
        if len(self.widths) != len(self.iterations):
            raise ValueError(
                f"{len(self.widths)} widths but {len(self.iterations)} iterations; "
                "give one of each a stage"
            )
        return self
