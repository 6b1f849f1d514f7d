"""The fitted poses of a clip's frames, and what is added to them while the avatar is trained.

A correction (23,3) holds a rotation of each of the 22 body joints (rad), applied in the parent's
space after the fit's, and finally a translation (m). A model may refine jaw, eyes, fingers and
expression besides: turns (33,3) of those joints, in the same way, and what is added to the
expression.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from understudy.body.skeleton import BODY_JOINTS, JOINT_COUNT
from understudy.gaussians.device import on_device

PARTS = BODY_JOINTS + 1  # rows of a correction: the joints and the translation


@dataclass(frozen=True)
class FramePose:
    """One frame: rotations (55,3,3) against the parent joint, transl (3,) m, expression (E,)."""

    rotations: Tensor
    transl: Tensor
    expression: Tensor

    def corrected(self, correction: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As a batch of one: rotations (1,55,3,3), transl (1,3), expression (1,E)."""
        body = axis_angle_to_matrix(correction[:BODY_JOINTS]) @ self.rotations[:BODY_JOINTS]
        rotations = torch.cat([body, self.rotations[BODY_JOINTS:]])
        return rotations[None], (self.transl + correction[BODY_JOINTS])[None], self.expression[None]

    def refined(self, turns: Tensor, smile: Tensor) -> "FramePose":
        """With jaw, eyes and fingers turned further by turns (33,3) rad, and `smile` (E,) added."""
        rest = axis_angle_to_matrix(turns) @ self.rotations[BODY_JOINTS:]
        rotations = torch.cat([self.rotations[:BODY_JOINTS], rest])
        return replace(self, rotations=rotations, expression=self.expression + smile)


def frame_poses(pose: Pose) -> list[FramePose]:
    """Each frame of `pose`."""
    rotations = axis_angle_to_matrix(pose.full())
    frames = zip(rotations, pose.transl, pose.expression, strict=True)
    return [FramePose(*frame) for frame in frames]


def combined(change: Tensor, correction: Tensor) -> Tensor:
    """The correction (23,3) that applies `correction` and then `change`."""
    turns = axis_angle_to_matrix(change[:BODY_JOINTS]) @ axis_angle_to_matrix(
        correction[:BODY_JOINTS]
    )
    shift = change[BODY_JOINTS:] + correction[BODY_JOINTS:]
    return torch.cat([matrix_to_axis_angle(turns), shift])


class CorrectedPoses:
    """The n fitted poses of a clip, and what is added to them, zero at first: corrections (n,23,3),
    turns (n,33,3) and smiles (n,E). frames: the fitted poses with turns and smiles."""

    def __init__(self, pose: Pose, device: torch.device | str = "cpu") -> None:
        self.fitted = [on_device(frame, device) for frame in frame_poses(pose)]
        self.frames = list(self.fitted)
        self.corrections = torch.zeros(len(pose), PARTS, 3, device=device)
        self.turns = torch.zeros(len(pose), JOINT_COUNT - BODY_JOINTS, 3, device=device)
        self.smiles = torch.zeros_like(pose.expression, device=device)

    def refine(self, turns: Tensor, smiles: Tensor) -> None:
        """Set turns (n,33,3) and smiles (n,E), and the frames with them."""
        self.turns, self.smiles = turns, smiles
        details = zip(self.fitted, turns, smiles, strict=True)
        self.frames = [frame.refined(turn, smile) for frame, turn, smile in details]

    def interpolate(self, known: list[int]) -> None:
        """Give every frame not among the `known` a value between its neighbours': on a cubic, since
        limbs speed up and slow down where the fit is smooth."""
        self.corrections = _between(self.corrections, known)
        self.refine(_between(self.turns, known), _between(self.smiles, known))


def _between(values: Tensor, known: list[int]) -> Tensor:
    """(n,…), those of the frames `known` as they are."""
    frames = np.arange(len(values)).clip(known[0], known[-1])
    flat = values.flatten(1).cpu().numpy()
    found = torch.from_numpy(CubicSpline(known, flat[known])(frames)).to(values)
    found[known] = values.flatten(1)[known]
    return found.view_as(values)
