"""Corrections of the fitted poses, learnt while the avatar is trained."""

import torch
from torch import Tensor

from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix

BODY_JOINTS = 22  # SMPL-X's joints before the jaw: pelvis to wrists
BETAS, EPSILON = (0.8, 0.95), 1e-8  # a frame is seen seldom, so its averages are short


class PoseRefinement:
    """A rotation and a translation a frame, on top of the fit's.

    rotation (n,22,3) rad, applied in the parent's space before the fit's rotation; transl (n,3)
    m. Each frame has its own Adam state: one Adam over all frames would go on moving the frames
    that a step did not draw.
    """

    def __init__(self, pose: Pose, frozen_joints: list[int]) -> None:
        self.fitted = axis_angle_to_matrix(pose.full())
        self.fitted_transl, self.expression = pose.transl, pose.expression
        n = len(pose)
        self.free = torch.ones(BODY_JOINTS, 1)
        self.free[frozen_joints] = 0
        self.values = torch.zeros(n, BODY_JOINTS + 1, 3)  # the translation is the last row
        self.mean, self.square = torch.zeros_like(self.values), torch.zeros_like(self.values)
        self.steps = torch.zeros(n)

    def at(self, t: int) -> Tensor:
        """A leaf (23,3): the correction of frame t."""
        return self.values[t].clone().requires_grad_()

    def between(self, before: int, after: int) -> Tensor:
        """(23,3): the correction of a frame that was not trained on, from two that were."""
        return (self.values[before] + self.values[after]) / 2

    def posed(self, t: int, correction: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Frame t corrected: rotations (1,55,3,3), transl (1,3), expression (1,E)."""
        turn = axis_angle_to_matrix(correction[:BODY_JOINTS] * self.free)
        body = turn @ self.fitted[t, :BODY_JOINTS]
        rotations = torch.cat([body, self.fitted[t, BODY_JOINTS:]])
        return (
            rotations[None],
            (self.fitted_transl[t] + correction[BODY_JOINTS])[None],
            self.expression[t : t + 1],
        )

    def step(self, t: int, gradient: Tensor, pose_rate: float, transl_rate: float) -> None:
        """One Adam step (Kingma and Ba 2015) of frame t alone."""
        self.steps[t] += 1
        first, second = BETAS
        self.mean[t] = first * self.mean[t] + (1 - first) * gradient
        self.square[t] = second * self.square[t] + (1 - second) * gradient.square()
        mean = self.mean[t] / (1 - first ** self.steps[t])
        square = self.square[t] / (1 - second ** self.steps[t])
        change = mean / (square.sqrt() + EPSILON)
        change[:BODY_JOINTS] *= pose_rate
        change[BODY_JOINTS] *= transl_rate
        self.values[t] -= change

    def state(self) -> dict[str, Tensor]:
        names = ("values", "mean", "square", "steps")
        return {name: getattr(self, name) for name in names}

    def load_state(self, state: dict[str, Tensor]) -> None:
        for name, value in state.items():
            getattr(self, name).copy_(value)
