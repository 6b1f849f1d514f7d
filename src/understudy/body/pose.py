"""A motion: the pose of a body in each of n frames, with SMPL-X's names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from understudy.body.skeleton import JOINT_COUNT

EXPRESSIONS = 50

# The parts of the 55-joint axis-angle array, in its order: name, number of joints.
_PARTS = (
    ("global_orient", 1),
    ("body_pose", 21),
    ("jaw_pose", 1),
    ("leye_pose", 1),
    ("reye_pose", 1),
    ("left_hand_pose", 15),
    ("right_hand_pose", 15),
)


@dataclass(frozen=True)
class Pose:
    """n frames. Rotations are axis-angle (rad) relative to the T-pose with flat hands; transl in m.

    global_orient (n,3), body_pose (n,21,3), left_hand_pose and right_hand_pose (n,15,3),
    jaw_pose, leye_pose and reye_pose (n,3), expression (n,50), transl (n,3).
    """

    global_orient: Tensor
    body_pose: Tensor
    left_hand_pose: Tensor
    right_hand_pose: Tensor
    jaw_pose: Tensor
    leye_pose: Tensor
    reye_pose: Tensor
    expression: Tensor
    transl: Tensor

    def __len__(self) -> int:
        return len(self.global_orient)

    def __getitem__(self, frames: slice | Tensor | np.ndarray | Sequence[int]) -> "Pose":
        """The pose at some frames: a slice, a boolean mask or a list of indices."""
        return Pose(**{name: array[frames] for name, array in self._items()})

    def _items(self) -> list[tuple[str, Tensor]]:
        return [(field.name, getattr(self, field.name)) for field in fields(self)]

    @staticmethod
    def names() -> tuple[str, ...]:
        return tuple(field.name for field in fields(Pose))

    @staticmethod
    def rest(n: int, expressions: int = EXPRESSIONS) -> "Pose":
        """n frames of the T-pose at the model's origin."""
        return Pose.from_full(
            torch.zeros(n, JOINT_COUNT, 3), torch.zeros(n, expressions), torch.zeros(n, 3)
        )

    def full(self) -> Tensor:
        """(n, 55, 3) axis-angle in SMPL-X's joint order."""
        n = len(self)
        return torch.cat([getattr(self, name).reshape(n, k, 3) for name, k in _PARTS], 1)

    @staticmethod
    def from_full(full: Tensor, expression: Tensor, transl: Tensor) -> "Pose":
        """From (n,55,3) axis-angle in SMPL-X's joint order, (n,E) and (n,3)."""
        parts = full.split([k for _, k in _PARTS], 1)
        named = {
            name: part[:, 0] if k == 1 else part
            for (name, k), part in zip(_PARTS, parts, strict=True)
        }
        return Pose(**named, expression=expression, transl=transl)

    @staticmethod
    def cat(poses: Sequence["Pose"]) -> "Pose":
        """The frames of several poses, one after the other."""
        return Pose(
            **{name: torch.cat([getattr(pose, name) for pose in poses]) for name in Pose.names()}
        )

    def to(self, *args, **kwargs) -> "Pose":
        """The pose on another device or in another dtype, as with Tensor.to."""
        return Pose(**{name: array.to(*args, **kwargs) for name, array in self._items()})

    def detach(self) -> "Pose":
        return Pose(**{name: array.detach() for name, array in self._items()})

    def to_numpy(self) -> dict[str, np.ndarray]:
        """The arrays by name, as a fit file stores them."""
        return {name: array.detach().cpu().numpy() for name, array in self._items()}

    @staticmethod
    def from_numpy(arrays: Mapping[str, np.ndarray]) -> "Pose":
        """From arrays by name (others are ignored), as float32."""
        return Pose(
            **{
                name: torch.from_numpy(np.array(arrays[name], dtype=np.float32))
                for name in Pose.names()
            }
        )
