"""Plain poses to look at an avatar in: including some that a turntable never shows."""

import math

import torch
from torch import Tensor

from understudy.body.skeleton import JOINT_COUNT, JOINT_INDEX
from understudy.errors import UserError

Turns = dict[str, tuple[float, float, float]]  # joint -> axis-angle, degrees


def _both(**turns: tuple[float, float, float]) -> Turns:
    """The same on both sides, given for the left."""
    left = {f"left_{name}": turn for name, turn in turns.items()}
    right = {f"right_{name}": (x, -y, -z) for name, (x, y, z) in turns.items()}
    return left | right


def _spine(x: float, y: float, z: float) -> Turns:
    """A rotation of the trunk, a third of it in each of its joints."""
    return dict.fromkeys(("spine1", "spine2", "spine3"), (x / 3, y / 3, z / 3))


# From the T-pose, y up and facing z: about x forward, about y to the left, about z to the right
# shoulder's side. Standing feet are level: pelvis, hip, knee and ankle add up to zero.
TEST_POSES: dict[str, Turns] = {
    "arms_down": _both(shoulder=(0, 0, -68)),
    "t_pose": {},
    "arms_up": _both(collar=(0, 0, 18), shoulder=(0, 0, 62), elbow=(0, 0, 8)),
    "reach": _both(collar=(0, -10, 0), shoulder=(0, -72, -8)),
    "squat": {
        "pelvis": (30, 0, 0),
        **_both(hip=(-100, 18, 12), knee=(102, 0, 0), ankle=(-32, 0, 0)),
        **_spine(10, 0, 0),
        **_both(shoulder=(0, -68, -5), elbow=(0, -15, 0)),
    },
    "twist": {
        **_spine(4, 62, 0),
        "neck": (0, 15, 0),
        **_both(shoulder=(0, -25, -30), elbow=(0, -80, 0)),
    },
    "seated": {
        **_both(hip=(-86, 6, 4), knee=(86, 0, 0)),
        **_spine(6, 0, 0),
        **_both(shoulder=(0, -28, -58), elbow=(0, -55, 0)),
    },
    "stoop": {
        "pelvis": (45, 0, 0),
        **_both(hip=(-45, 0, 2)),
        **_spine(40, 0, 0),
        **_both(shoulder=(0, -80, 0)),
    },
    "kick": {
        "pelvis": (-8, 0, 0),
        "left_hip": (-78, 0, 4),
        "left_knee": (14, 0, 0),
        "right_hip": (8, 0, 0),
        **_both(shoulder=(0, -10, -45), elbow=(0, -35, 0)),
    },
    "stride": {
        "left_hip": (-34, 0, 0),
        "left_knee": (14, 0, 0),
        "left_ankle": (10, 0, 0),
        "right_hip": (28, 0, 0),
        "right_knee": (18, 0, 0),
        "right_ankle": (-10, 0, 0),
        "left_shoulder": (0, 28, -62),
        "right_shoulder": (0, 34, 62),
        **_both(elbow=(0, -40, 0)),
    },
}
UNSEEN = tuple(name for name in TEST_POSES if name not in ("arms_down", "t_pose"))


def turns_of(name: str) -> Tensor:
    """(55,3) axis-angle (rad) of one of the TEST_POSES, upright in the body's own space.

    UserError for another name.
    """
    if name not in TEST_POSES:
        raise UserError(f"no pose {name}; choose from {', '.join(TEST_POSES)}")
    full = torch.zeros(JOINT_COUNT, 3)
    for joint, turn in TEST_POSES[name].items():
        full[JOINT_INDEX[joint]] = torch.tensor([math.radians(angle) for angle in turn])
    return full
