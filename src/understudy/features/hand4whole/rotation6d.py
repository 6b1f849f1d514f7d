"""Rotations as networks output them: six numbers."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from understudy.body.rotation import matrix_to_axis_angle


def columns_to_axis_angle(six: Tensor) -> Tensor:
    """(…,6) -> (…,3) rad: a 3 × 2 matrix row by row, whose columns become the rotation's first two
    (Zhou et al., "On the continuity of rotation representations", CVPR 2019)."""
    first, second = six.unflatten(-1, (3, 2)).unbind(-1)
    first = normalize(first, dim=-1)
    second = normalize(second - (first * second).sum(-1, keepdim=True) * first, dim=-1)
    third = torch.linalg.cross(first, second)
    return matrix_to_axis_angle(torch.stack([first, second, third], -1))
