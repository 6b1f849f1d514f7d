"""Rotations as axis-angle and matrix: batched, differentiable, safe at zero."""

import torch
from torch import Tensor

_SMALL = 1e-6  # squared angle (rad²) below which the series is exact to rounding


def axis_angle_to_matrix(axis_angle: Tensor) -> Tensor:
    """(…, 3) rad -> (…, 3, 3), by Rodrigues' formula I + sinθ/θ·K + (1−cosθ)/θ²·K²."""
    square = (axis_angle**2).sum(-1)
    small = square < _SMALL
    safe = torch.where(small, torch.ones_like(square), square)  # keeps the unused branch finite
    angle = safe.sqrt()
    sine = torch.where(small, 1 - square / 6, angle.sin() / angle)[..., None, None]
    cosine = torch.where(small, 0.5 - square / 24, (1 - angle.cos()) / safe)[..., None, None]
    x, y, z = axis_angle.unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1)
    cross = cross.reshape(*axis_angle.shape[:-1], 3, 3)
    identity = torch.eye(3, dtype=axis_angle.dtype, device=axis_angle.device)
    return identity + sine * cross + cosine * (cross @ cross)


def _matrix_to_quaternion(matrix: Tensor) -> Tensor:
    """(…, 3, 3) -> (…, 4) unit quaternions w, x, y, z; from the largest component (Shepperd)."""
    m = matrix.flatten(-2).unbind(-1)
    squares = torch.stack(
        [
            1 + m[0] + m[4] + m[8],
            1 + m[0] - m[4] - m[8],
            1 - m[0] + m[4] - m[8],
            1 - m[0] - m[4] + m[8],
        ],
        -1,
    )
    positive = squares > 0
    double = torch.where(positive, torch.where(positive, squares, 1.0).sqrt(), 0.0)  # 2|q_i|
    products = torch.stack(  # row i: 4·q_i·(w, x, y, z)
        [
            torch.stack([double[..., 0] ** 2, m[7] - m[5], m[2] - m[6], m[3] - m[1]], -1),
            torch.stack([m[7] - m[5], double[..., 1] ** 2, m[3] + m[1], m[2] + m[6]], -1),
            torch.stack([m[2] - m[6], m[3] + m[1], double[..., 2] ** 2, m[5] + m[7]], -1),
            torch.stack([m[3] - m[1], m[6] + m[2], m[7] + m[5], double[..., 3] ** 2], -1),
        ],
        -2,
    )
    best = double.argmax(-1, keepdim=True)
    row = products.gather(-2, best[..., None].expand(*best.shape, 4)).squeeze(-2)
    return row / (2 * double.gather(-1, best))


def matrix_to_axis_angle(matrix: Tensor) -> Tensor:
    """(…, 3, 3) -> (…, 3) rad, of angle at most π."""
    quaternion = _matrix_to_quaternion(matrix)
    real, imaginary = quaternion[..., :1], quaternion[..., 1:]
    sign = torch.where(real < 0, -1.0, 1.0).to(matrix.dtype)  # q and −q are the same rotation
    real, imaginary = real * sign, imaginary * sign
    square = (imaginary**2).sum(-1, keepdim=True)
    small = square < _SMALL
    length = torch.where(small, torch.ones_like(square), square).sqrt()
    # For a small angle, θ/sin(θ/2) = 2·(1 + s²/6 + …) with s = |imaginary|.
    factor = torch.where(small, 2 + square / 3, 2 * torch.atan2(length, real) / length)
    return factor * imaginary
