"""Rotations by their first two rows: six numbers without jumps, as Adam needs.

Zhou et al., "On the Continuity of Rotation Representations in Neural Networks", CVPR 2019, with
rows instead of columns, as in PyTorch3D.
"""

import torch
from torch import Tensor
from torch.nn.functional import normalize


def from_matrix(matrix: Tensor) -> Tensor:
    """(…,3,3) -> (…,6)."""
    return matrix[..., :2, :].flatten(-2)


def to_matrix(rows: Tensor) -> Tensor:
    """(…,6), not of unit length nor at right angles -> (…,3,3), by Gram–Schmidt."""
    first, second = rows[..., :3], rows[..., 3:]
    x = normalize(first, dim=-1)
    y = normalize(second - (x * second).sum(-1, keepdim=True) * x, dim=-1)
    return torch.stack([x, y, torch.linalg.cross(x, y)], -2)
