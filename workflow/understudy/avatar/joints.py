"""Where a person's joints lie at rest: the same in all frames, so all frames together tell it.

As in bundle adjustment (Triggs et al. 2000), each frame's own pose is eliminated from its normal
equations (Schur complement), and what is left of them is added up.
"""

import numpy as np
import torch
from torch import Tensor

from understudy.avatar.poses import PARTS
from understudy.body.skeleton import BODY_JOINTS

POSE, JOINTS = 3 * PARTS, 3 * BODY_JOINTS  # unknowns of a frame, and of the body


class JointSystem:
    """What the aligned frames of a clip of n tell of the 22 joints.

    normal (66,66), pull (66,); follow (n,69,66): how each frame's pose goes along with the joints.
    """

    def __init__(self, frames: int) -> None:
        self.normal, self.pull = np.zeros((JOINTS, JOINTS)), np.zeros(JOINTS)
        self.follow = np.zeros((frames, POSE, JOINTS), np.float32)

    def add(self, t: int, normal: np.ndarray, pull: np.ndarray) -> None:
        """Frame t's equations (69+66,69+66), (69+66,): of its pose, then of the joints."""
        own, cross = normal[:POSE, :POSE], normal[:POSE, POSE:]
        eliminated = np.linalg.solve(own, np.column_stack([cross, pull[:POSE]]))
        self.normal += normal[POSE:, POSE:] - cross.T @ eliminated[:, :-1]
        self.pull += pull[POSE:] - cross.T @ eliminated[:, -1]
        self.follow[t] = -eliminated[:, :-1]

    def solved(self, moved: Tensor, trust: float) -> Tensor:
        """(22,3) m to move the joints by; moved (22,3): how far they were moved already. As a
        spring would, `trust` (m) holds them to where they were first."""
        hold = trust**-2.0
        pull = self.pull - hold * moved.cpu().double().numpy().ravel()
        change = np.linalg.solve(self.normal + hold * np.eye(JOINTS), pull)
        return torch.from_numpy(change).view(BODY_JOINTS, 3).to(moved)

    def followed(self, t: int, change: Tensor) -> Tensor:
        """(23,3): what frame t's pose changes by when the joints move by `change` (22,3)."""
        step = self.follow[t] @ change.cpu().numpy().ravel()
        return torch.from_numpy(step).view(PARTS, 3).to(change)

    def state(self) -> dict[str, Tensor]:
        """Its arrays, as tensors."""
        return {name: torch.from_numpy(array) for name, array in vars(self).items()}

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Put back what `state` gave."""
        for name, tensor in tensors.items():
            setattr(self, name, tensor.numpy().copy())
