"""The 133 COCO-WholeBody points on a posed body, picked by a table in the model file."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from understudy.body.skinning import Posed

_HAND = tuple(
    f"{finger}{k}"
    for finger in ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
    for k in (1, 2, 3, 4)
)

BODY_NAMES: tuple[str, ...] = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
FOOT_NAMES: tuple[str, ...] = tuple(
    f"{side}_{part}" for side in ("left", "right") for part in ("big_toe", "small_toe", "heel")
)
FACE_NAMES: tuple[str, ...] = tuple(f"face-{i}" for i in range(68))
HAND_NAMES: tuple[str, ...] = tuple(
    f"{side}_hand_root" if part is None else f"{side}_{part}"
    for side in ("left", "right")
    for part in (None, *_HAND)
)
LANDMARK_NAMES: tuple[str, ...] = BODY_NAMES + FOOT_NAMES + FACE_NAMES + HAND_NAMES

BODY = slice(0, 17)
FEET = slice(17, 23)
FACE = slice(23, 91)
LEFT_HAND = slice(91, 112)
RIGHT_HAND = slice(112, 133)

# How far (m) behind the nearest surface a point may lie and still count as seen: points on the
# skin are at the surface, those in joints lie inside the flesh (and cloth).
BURIED = np.full(133, 0.035)
BURIED[BODY] = 0.14
BURIED[:5] = 0.03
BURIED[[9, 10]] = 0.07
BURIED[FEET] = 0.06
BURIED[FACE] = 0.025


@dataclass(frozen=True)
class LandmarkTable:
    """Where each of L landmarks sits: on a joint, or at a weighted mean of three vertices.

    names: L names; joint (L,) int64, −1 where vertices are used; vertices (L,3) int64;
    weights (L,3), each row summing to 1 (rows of joints hold zeros and are not read).
    """

    names: tuple[str, ...]
    joint: Tensor
    vertices: Tensor
    weights: Tensor

    def vertex_ids(self) -> Tensor:
        """The sorted ids (k,) of the vertices that the table reads."""
        return torch.unique(self.vertices[self.joint < 0])

    def reindexed(self, vertex_ids: Tensor) -> "LandmarkTable | None":
        """The table for a mesh of only `vertex_ids`; None if a vertex that it needs is missing."""
        if not torch.isin(self.vertex_ids(), vertex_ids).all():
            return None
        size = int(max(vertex_ids.max(), self.vertices.max())) + 1
        position = vertex_ids.new_zeros(size)
        position[vertex_ids] = torch.arange(len(vertex_ids), device=vertex_ids.device)
        vertices = torch.where(self.joint[:, None] < 0, position[self.vertices], 0)
        return LandmarkTable(self.names, self.joint, vertices, self.weights)

    def to(self, device: torch.device | str, dtype: torch.dtype) -> "LandmarkTable":
        return LandmarkTable(
            self.names,
            self.joint.to(device),
            self.vertices.to(device),
            self.weights.to(device, dtype),
        )


def landmarks(posed: Posed, table: LandmarkTable) -> Tensor:
    """(n, L, 3): the landmarks of a posed body, in the table's order and the body's space."""
    on_skin = (posed.vertices[:, table.vertices] * table.weights[..., None]).sum(2)
    on_joint = posed.joints[:, table.joint.clamp(min=0)]
    return torch.where((table.joint >= 0)[:, None], on_joint, on_skin)
