"""Corrections of the fitted poses, learnt while the avatar is trained."""

import torch
from torch import Tensor

from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.skeleton import BODY_JOINTS

BETAS, EPSILON = (0.8, 0.95), 1e-8  # a row is met seldom, so its averages are short


class RowAdam:
    """Values (rows,23,3), zero at first, each row with its own state of Adam (Kingma and Ba 2015).

    One Adam over all rows would go on moving the rows that a step did not draw.
    """

    def __init__(self, rows: int) -> None:
        self.values = torch.zeros(rows, BODY_JOINTS + 1, 3)
        self.mean, self.square = torch.zeros_like(self.values), torch.zeros_like(self.values)
        self.steps = torch.zeros(rows)

    def step(self, row: int, gradient: Tensor, rates: Tensor) -> None:
        """One step of one row; gradient (23,3), rates (23,1)."""
        first, second = BETAS
        self.steps[row] += 1
        self.mean[row] = first * self.mean[row] + (1 - first) * gradient
        self.square[row] = second * self.square[row] + (1 - second) * gradient.square()
        mean = self.mean[row] / (1 - first ** self.steps[row])
        square = self.square[row] / (1 - second ** self.steps[row])
        self.values[row] -= rates * mean / (square.sqrt() + EPSILON)

    def state(self) -> dict[str, Tensor]:
        return {name: getattr(self, name) for name in ("values", "mean", "square", "steps")}


class PoseRefinement:
    """A rotation of each body joint and a translation a frame, on top of the fit's.

    A correction (23,3) holds rotations (rad), applied in the parent's space after the fit's, and
    last the translation (m). It is the sum of two: one that is linear between knots, `spacing`
    frames apart, by which frames learn from their neighbours and one that is never trained on has
    its correction too; and one of the frame's own, zero until the frame is trained on.
    """

    def __init__(self, pose: Pose, spacing: int, frozen_joints: list[int]) -> None:
        self.fitted = axis_angle_to_matrix(pose.full())
        self.fitted_transl, self.expression = pose.transl, pose.expression
        self.spacing = spacing
        self.free = torch.ones(BODY_JOINTS, 1)
        self.free[frozen_joints] = 0
        self.knots = RowAdam((len(pose) - 1) // spacing + 2)
        self.frames = RowAdam(len(pose))

    def at(self, t: int) -> Tensor:
        """(23,3): the correction of frame t."""
        (before, after), (near, far) = self._knots(t)
        smooth = near * self.knots.values[before] + far * self.knots.values[after]
        return smooth + self.frames.values[t]

    def posed(self, t: int, correction: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Frame t corrected: rotations (1,55,3,3), transl (1,3), expression (1,E)."""
        rotations = corrected(self.fitted[t], correction[:BODY_JOINTS] * self.free)
        transl = self.fitted_transl[t] + correction[BODY_JOINTS]
        return rotations[None], transl[None], self.expression[t : t + 1]

    def step(self, t: int, gradient: Tensor, pose_rate: float, transl_rate: float) -> None:
        """Move the correction of frame t; gradient (23,3): of the loss by it.

        A knot moves by the share that it has in the frame.
        """
        rates = torch.full((BODY_JOINTS + 1, 1), pose_rate)
        rates[BODY_JOINTS] = transl_rate
        for knot, share in zip(*self._knots(t), strict=True):
            if share > 0:
                self.knots.step(knot, gradient, share * rates)
        self.frames.step(t, gradient, rates / 2)

    def _knots(self, t: int) -> tuple[tuple[int, int], tuple[float, float]]:
        """The knots before and after frame t, and each one's share in it."""
        before, rest = divmod(t, self.spacing)
        share = rest / self.spacing
        return (before, before + 1), (1 - share, share)

    def state(self) -> dict[str, Tensor]:
        parts = {"knots": self.knots.state(), "frames": self.frames.state()}
        return {f"{part}.{name}": x for part, own in parts.items() for name, x in own.items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        for name, tensor in self.state().items():
            tensor.copy_(state[name])


def corrected(rotations: Tensor, correction: Tensor) -> Tensor:
    """Rotations (55,3,3), those of the body turned further by correction (22,3) rad."""
    body = axis_angle_to_matrix(correction) @ rotations[:BODY_JOINTS]
    return torch.cat([body, rotations[BODY_JOINTS:]])
