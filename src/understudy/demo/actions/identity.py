"""The identity protocol of the paper's appendix: three slow full turns on the spot."""

import numpy as np

from understudy.demo.actions.record import STANCE, add_life, assemble
from understudy.demo.actions.script import TOES_OUT, Script
from understudy.demo.keyframes import minimum_jerk
from understudy.demo.kinematics import axis_rotation
from understudy.demo.motion import Motion
from understudy.demo.reach import Goal
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style

HANDS_DOWN = Goal(upper=(0.36, -1.0, 0.0), fore=(0.26, -1.0, 0.16), palm=(-1.0, 0.0, -0.2))
DOUBLE_L = Goal(upper=(1.0, 0.0, 0.08), fore=(0.0, 1.0, 0.05), palm=(0.0, 0.0, 1.0))
_TURNS = (HANDS_DOWN, DOUBLE_L, HANDS_DOWN)
_CHANGE = 0.06  # of the clip, between two turns, to raise or lower the hands
_STEP = 40.0  # degrees a foot turns at each step; a full turn is a whole number of steps
_SWING = 0.45  # of a step, during which one foot is in the air


def identity_turn(
    fps: float,
    seconds: float,
    style: Style | None = None,
    skeleton: Skeleton | None = None,
) -> Motion:
    """Three turns of 360° to the left: hands down, hands up in a double L, hands down.

    The feet follow in small steps. Of the style, only its seed and idle motion matter.
    """
    style, skeleton = style or Style(), skeleton or Skeleton.average()
    script = Script(skeleton, style, style.random(1))
    turn = (1 - 2 * _CHANGE) / 3
    for number, arms in enumerate(_TURNS):
        hand = "relaxed" if arms is HANDS_DOWN else "splayed"
        script.pose(
            _CHANGE if number else 0.0, left=arms, right=arms, left_hand=hand, right_hand=hand
        )
        script.hold(turn)
    frames = max(round(seconds * fps), 1)
    fraction = (np.arange(frames) + 0.5) / frames
    tracks = {name: track.sample(fraction) for name, track in script.tracks.items()}
    yaw = _yaw(fraction, turn)
    _step_round(tracks, yaw, skeleton)
    add_life(tracks, script, np.arange(frames) / fps, fps)
    return assemble(skeleton, tracks, "identity_turn", fps)


def _yaw(fraction: np.ndarray, turn: float) -> np.ndarray:
    """Degrees turned (n,) at fractions of the clip: even turns with soft ends, and short rests."""
    total = np.zeros(len(fraction))
    for number in range(3):
        u = np.clip((fraction - number * (turn + _CHANGE)) / turn, 0, 1)
        total += 360 * (0.75 * u + 0.25 * minimum_jerk(u))
    return total


def _step_round(tracks: dict[str, np.ndarray], yaw: np.ndarray, skeleton: Skeleton) -> None:
    """Turn the pelvis by yaw (n,) degrees and let the feet follow one after the other, in place."""
    tracks["pelvis"][:, 4] = yaw
    lean = np.zeros(len(yaw))
    for side, phase, outwards in (("left", 0.0, 1.0), ("right", 0.5, -1.0)):
        steps, within = np.divmod(yaw / _STEP - phase, 1.0)
        swing = np.clip(within / _SWING, 0, 1)
        placed = _STEP * (steps + phase + minimum_jerk(swing) - (1 - _SWING) / 2)
        lift = np.sin(np.pi * swing) ** 2
        lean -= outwards * lift
        ball = skeleton.joint(f"{side}_foot") - skeleton.joint("pelvis")
        stand = np.array([ball[0] + outwards * skeleton.scale * STANCE, 0.0, ball[2]])
        at = axis_rotation(1, np.deg2rad(placed)) @ stand
        foot = tracks[f"{side}_foot"]
        foot[:, 0] = outwards * (at[:, 0] - stand[0]) / skeleton.scale
        foot[:, 1] = (at[:, 2] - stand[2]) / skeleton.scale
        foot[:, 2] = 0.035 * lift
        foot[:, 3] = outwards * placed + TOES_OUT
        foot[:, 4] = 0.0
        foot[:, 5] = 8.0 * lift
    side_step = axis_rotation(1, np.deg2rad(yaw)) @ np.array([0.02, 0.0, 0.0])
    tracks["pelvis"][:, [0, 2]] += lean[:, None] * side_step[:, [0, 2]]
    tracks["spine"][:, 2] -= 1.5 * lean
