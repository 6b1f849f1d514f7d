"""Corrections of the fitted poses, learnt while the avatar is trained."""

import torch
from torch import Tensor

from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix

BODY_JOINTS = 22  # SMPL-X's joints before the jaw: pelvis to wrists
BETAS, EPSILON = (0.8, 0.95), 1e-8  # a knot is met seldom, so its averages are short


class PoseRefinement:
    """A rotation of each body joint and a translation, on top of the fit's, smooth in time.

    They lie at knots, `spacing` frames apart, and are linear in between: a fit's errors change
    slowly, so that frames learn from their neighbours, and a frame that is never trained on has
    its correction too. values (knots,23,3): rotations (rad), applied in the parent's space after
    the fit's, and the translation (m) last.

    Each knot has its own Adam state: one Adam over all would go on moving the knots that a step
    did not draw.
    """

    def __init__(self, pose: Pose, spacing: int, frozen_joints: list[int]) -> None:
        self.fitted = axis_angle_to_matrix(pose.full())
        self.fitted_transl, self.expression = pose.transl, pose.expression
        self.spacing = spacing
        self.free = torch.ones(BODY_JOINTS, 1)
        self.free[frozen_joints] = 0
        knots = (len(pose) - 1) // spacing + 2
        self.values = torch.zeros(knots, BODY_JOINTS + 1, 3)
        self.mean, self.square = torch.zeros_like(self.values), torch.zeros_like(self.values)
        self.steps = torch.zeros(knots)

    def at(self, t: int) -> Tensor:
        """(23,3): the correction of frame t."""
        (before, after), (near, far) = self._knots(t)
        return near * self.values[before] + far * self.values[after]

    def posed(self, t: int, correction: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Frame t corrected: rotations (1,55,3,3), transl (1,3), expression (1,E)."""
        rotations = corrected(self.fitted[t], correction[:BODY_JOINTS] * self.free)
        transl = self.fitted_transl[t] + correction[BODY_JOINTS]
        return rotations[None], transl[None], self.expression[t : t + 1]

    def step(self, t: int, gradient: Tensor, pose_rate: float, transl_rate: float) -> None:
        """One Adam step (Kingma and Ba 2015) of the two knots about frame t.

        gradient (23,3): of the loss by the correction of frame t. A knot moves by the share that
        it has in the frame.
        """
        rates = torch.full((BODY_JOINTS + 1, 1), pose_rate)
        rates[BODY_JOINTS] = transl_rate
        first, second = BETAS
        for knot, share in zip(*self._knots(t), strict=True):
            if share == 0:
                continue
            self.steps[knot] += 1
            self.mean[knot] = first * self.mean[knot] + (1 - first) * gradient
            self.square[knot] = second * self.square[knot] + (1 - second) * gradient.square()
            mean = self.mean[knot] / (1 - first ** self.steps[knot])
            square = self.square[knot] / (1 - second ** self.steps[knot])
            self.values[knot] -= share * rates * mean / (square.sqrt() + EPSILON)

    def _knots(self, t: int) -> tuple[tuple[int, int], tuple[float, float]]:
        """The knots before and after frame t, and each one's share in it."""
        before, rest = divmod(t, self.spacing)
        share = rest / self.spacing
        return (before, before + 1), (1 - share, share)

    def state(self) -> dict[str, Tensor]:
        names = ("values", "mean", "square", "steps")
        return {name: getattr(self, name) for name in names}

    def load_state(self, state: dict[str, Tensor]) -> None:
        for name, value in state.items():
            getattr(self, name).copy_(value)


def corrected(rotations: Tensor, correction: Tensor) -> Tensor:
    """Rotations (55,3,3), those of the body turned further by correction (22,3) rad."""
    body = axis_angle_to_matrix(correction) @ rotations[:BODY_JOINTS]
    return torch.cat([body, rotations[BODY_JOINTS:]])
