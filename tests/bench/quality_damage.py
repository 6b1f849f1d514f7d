"""Fits spoilt on purpose, in ways in which a fit does go wrong."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from understudy.artifacts.fit import Fit
from understudy.body.pose import Pose
from understudy.body.skeleton import BODY_JOINTS, JOINT_NAMES

LATE = 0.4  # s
_SIDES = {"left": "right", "right": "left"}
_OTHER = [  # of each body joint but the pelvis, the one on the other side
    JOINT_NAMES.index("_".join([_SIDES.get(side, side), *rest])) - 1
    for side, *rest in (name.split("_") for name in JOINT_NAMES[1:BODY_JOINTS])
]


def damaged(fit: Fit, other: Fit) -> Iterator[tuple[str, Fit]]:
    """The fit with the limbs of the two sides exchanged, late, standing still, and with the pose of
    another clip."""
    pose, n = fit.pose, len(fit)
    mirror = torch.tensor([1.0, -1.0, -1.0])  # a rotation vector, seen in a mirror
    yield "swapped", replace(fit, pose=replace(pose, body_pose=pose.body_pose[:, _OTHER] * mirror))
    late = np.maximum(np.arange(n) - round(LATE * fit.fps), 0)
    yield "shifted", replace(fit, pose=_picked(pose, late))
    yield "frozen", replace(fit, pose=_picked(pose, np.full(n, n // 2)))
    turns = np.arange(n) % len(other)
    yield "somebody else", replace(fit, pose=replace(pose, body_pose=other.pose.body_pose[turns]))


def _picked(pose: Pose, frames: np.ndarray) -> Pose:
    return pose[torch.from_numpy(frames)]
