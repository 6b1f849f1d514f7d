"""Where a person's joints lie at rest: the same in all frames, so all frames together show it.

As in bundle adjustment (Triggs et al. 2000), each frame's own pose is eliminated from its normal
equations (Schur complement), and what remains is summed.
"""

import numpy as np
import torch
from torch import Tensor

from understudy.avatar.training.poses import PARTS
from understudy.body.skeleton import BODY_JOINTS

POSE, JOINTS = 3 * PARTS, 3 * BODY_JOINTS  # unknowns of a frame, and of the body


class JointSystem:
    """What aligned frames say about the 22 joints.

    normal (66,66), pull (66,); follow: by frame, (69,66), how its pose follows the joints.
    """

    def __init__(self) -> None:
        self.normal, self.pull = np.zeros((JOINTS, JOINTS)), np.zeros(JOINTS)
        self.follow: dict[int, np.ndarray] = {}

    def add(self, t: int, normal: np.ndarray, pull: np.ndarray) -> None:
        """Frame t's equations (69+66,69+66), (69+66,): for its pose, then for the joints."""
        own, cross = normal[:POSE, :POSE], normal[:POSE, POSE:]
        eliminated = np.linalg.solve(own, np.column_stack([cross, pull[:POSE]]))
        self.normal += normal[POSE:, POSE:] - cross.T @ eliminated[:, :-1]
        self.pull += pull[POSE:] - cross.T @ eliminated[:, -1]
        self.follow[t] = -eliminated[:, :-1].astype(np.float32)

    def solved(self, moved: Tensor, trust: float) -> Tensor:
        """(22,3) m to move the joints by; moved (22,3): how far they have moved already. Like a
        spring, `trust` (m) holds them to where they were at first."""
        hold = trust**-2.0
        pull = self.pull - hold * moved.cpu().double().numpy().ravel()
        change = np.linalg.solve(self.normal + hold * np.eye(JOINTS), pull)
        return torch.from_numpy(change).view(BODY_JOINTS, 3).to(moved)

    def followed(self, t: int, change: Tensor) -> Tensor:
        """(23,3): what frame t's pose changes by when the joints move by `change` (22,3)."""
        step = self.follow[t] @ change.cpu().numpy().ravel()
        return torch.from_numpy(step).view(PARTS, 3).to(change)

    def state(self) -> dict[str, Tensor]:
        """The whole state as tensors: follow as its frames (k,) and their matrices (k,69,66)."""
        matrices = np.array([*self.follow.values()], np.float32).reshape(-1, POSE, JOINTS)
        return {
            "normal": torch.from_numpy(self.normal),
            "pull": torch.from_numpy(self.pull),
            "frames": torch.tensor([*self.follow], dtype=torch.int64),
            "follow": torch.from_numpy(matrices),
        }

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""
        self.normal, self.pull = (tensors[name].numpy().copy() for name in ("normal", "pull"))
        matrices = tensors["follow"].numpy().copy()
        self.follow = dict(zip(tensors["frames"].tolist(), matrices, strict=True))
