"""The settings of the fit of a body to a clip; every weight by name.

The configuration offers the few that a user may know better; the rest are the solver's own.
"""

from dataclasses import dataclass, fields

from understudy.artifacts.filming import EVENTS
from understudy.errors import UserError
from understudy.observation.settings import ReadingSettings


@dataclass(frozen=True)
class FitSettings(ReadingSettings):
    """The settings of `fit_body`.

    A residual counts as (residual / its sigma)², summed over frames; a prior on what all frames
    share counts once per frame, so that a setting means the same for a short and a long clip.
    Sigmas of time differences hold at 30 fps: those of speeds scale with the time between two
    frames, those of accelerations with its square.
    """

    focal_sigma: float = 0.3
    """How far the fit may move the focal length (prior sigma of its logarithm)."""

    widths: tuple[float, ...] = (60.0, 30.0, 15.0, 8.0)
    """Robust widths of the keypoints, % of the person's height, one a stage: wide, then narrow.
    A narrow one from the start would hold fast limbs where they were begun."""

    iterations: tuple[int, ...] = (6, 4, 4, 10)
    """The most Gauss–Newton steps of each stage."""

    enough: float = 2e-4
    """A stage ends when a step lowers the cost by less than this share."""

    # Keypoints, % of the person's height.
    body_sigma: float = 1.0
    """Shoulders, elbows, wrists, knees, ankles."""
    hip_sigma: float = 1.4
    """Hips: detectors put them elsewhere than the body's joints."""
    head_sigma: float = 1.6
    """Nose, eyes, ears."""
    foot_sigma: float = 1.8
    """Toes and heels."""
    face_sigma: float = 1.5
    """Those of the 68 face points that the body is fitted to; used where the face is seen."""
    hand_sigma: float = 2.0
    """Knuckles and finger tips; they turn the wrist, fingers come from the hands file."""

    # Three-dimensional directions, length of the difference of unit vectors.
    limb_sigma: float = 0.30
    """Limbs and trunk against the detector's world landmarks, in the last stage."""
    first_limb_sigma: float = 0.15
    """The same in the first stage, where the pictures hold little yet."""
    limb_width: float = 0.8
    """Robust width of the limb directions."""
    lifted_trust: float = 0.1
    """How much directions count that had to be guessed from the picture."""
    upright_sigma: float = 0.12
    """A standing body's line from ankles to neck against the clip's one vertical."""
    part_upright_sigma: float = 0.08
    """The same of its legs alone and of its trunk alone."""
    upright_width: float = 0.20
    """Robust width of the former: who bows, sits or kicks is let go."""
    upright_prior: float = 0.2
    """How much the image's vertical counts in the clip's, against all frames' bodies."""

    # A hand at the face, which seldom is far before it.
    reach: float = 8.5
    """A hand nearer than about this to eyes, nose or mouth in the picture is there, % of height."""
    reach_nearer: float = 0.06
    """How much nearer than the mouth its knuckles are then, along the viewing axis, m."""
    reach_sigma: float = 0.05
    """Spread of the former."""
    reach_width: float = 0.25
    """Robust width of the former: a hand held out at the camera is let go."""

    # Priors on the pose, rad.
    spine_sigma: float = 0.3
    """Spread of spine joints about straight."""
    collar_sigma: float = 0.45
    """Spread of collar joints."""
    foot_joint_sigma: float = 0.33
    """Spread of the toes' joints."""
    ankle_sigma: float = 0.9
    """Spread of ankles."""
    neck_sigma: float = 0.5
    """Spread of neck and head."""
    wrist_sigma: float = 0.6
    """Spread of wrists."""
    limb_pose_sigma: float = 1.5
    """Hips, knees, shoulders, elbows: all but free."""
    limit_sigma: float = 0.14
    """Beyond an anatomical limit."""

    # Time, at 30 fps.
    joint_sigma: float = 0.025
    """Acceleration of the joints as the pelvis sees them, m a frame²."""
    root_sigma: float = 0.020
    """Acceleration of the pelvis across the view, m a frame²."""
    depth_sigma: float = 0.010
    """The same along the viewing axis, where keypoints say little."""
    turn_sigma: float = 0.10
    """Change of the joints' angular velocity (matrix norm a frame²)."""
    root_turn_sigma: float = 0.04
    """The same of the pelvis."""
    contact_sigma: float = 0.004
    """Speed of a heel or toe that stands, m a frame."""
    contact_width: float = 0.02
    """Robust width of the former: a foot that moves along the viewing axis only seems to stand."""
    contact_speed: float = 0.35
    """A heel or toe slower than about this in the picture stands, % of height a frame."""

    # What the whole clip shares.
    betas: int = 10
    """How many shape coefficients are fitted."""
    beta_sigma: float = 2.5
    """Shape coefficients, in the model's own standard deviations."""
    joint_offset_sigma: float = 0.015
    """Offset of a rest joint, m."""
    landmark_offset_sigma: float = 0.018
    """Distance of a detector's idea of a landmark from the body's, m."""

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.iterations):
            raise UserError(
                f"fit: {len(self.widths)} widths but {len(self.iterations)} iterations; "
                "give one of each per stage"
            )
        for field in fields(self):
            value = getattr(self, field.name)
            values = value if isinstance(value, tuple | list) else (value,)
            if any(not v > 0 for v in values):
                raise UserError(f"fit: {field.name} is {value}; it must be above zero")


FLAGS = (  # what a fit can be flagged for
    *("error", "bridged", "longest_bridge", "jitter", "fastest_turn", "slide", "beyond_limits"),
    *("trunk", "left_leg", "right_leg"),  # not seen in most frames
    *EVENTS,  # how the clip was filmed
)


@dataclass(frozen=True)
class FlagSettings:
    """A fit is flagged if a number lies beyond its limit."""

    error: float = 2.0
    """Median distance of the body's points from their keypoints, % of the person's height."""
    bridged: float = 0.3
    """Share of frames in which nobody is seen."""
    longest_bridge: float = 1.0
    """Longest span in which nobody is seen, s."""
    jitter: float = 20.0
    """Mean acceleration of the joints, mm per frame² at 30 frames per second."""
    fastest_turn: float = 600.0
    """Fastest turn of the pelvis from one frame to the next, deg/s. Nobody turns that fast, but a
    fit that mistakes a back for a front does."""
    slide: float = 20.0
    """Movement of standing feet, 95th percentile, mm per frame at 30 frames per second."""
    beyond_limits: float = 0.02
    """Share of joints rotated more than 10° beyond an anatomical limit."""
    least_seen: float = 0.5
    """Minimum share of frames that show the trunk, and each leg: the pose of an unseen part is a
    guess."""
    filming: tuple[str, ...] = EVENTS
    """What flags a fit if it occurs in the clip, besides the action: a camera that moves, a cut, a
    fade, black or frozen stretches, light that changes, a person too dark or too noisy for
    keypoints, somebody else in their place (docs/inputs.md)."""
