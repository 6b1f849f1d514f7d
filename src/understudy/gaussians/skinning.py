"""Linear blend skinning of an avatar's points in many frames.

On the CPU one pass over the points, whose few joints are listed, with an analytic backward; on a
GPU a matrix product.
"""

import math
from dataclasses import dataclass

import numba as nb
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

PARTS = 8  # that a frame's points are split into, each with its own sum of the joints' gradients
ZERO, SHORT = np.float32(0), np.float32(1e-12)

_options: dict = dict(fastmath=True, error_model="numpy", nogil=True, cache=True)
jit = nb.njit(**_options)
parallel_jit = nb.njit(parallel=True, **_options)


@dataclass(frozen=True)
class SkinningWeights:
    """Skinning weights dense (G,J), and those above zero: point i has weight[k] of joint[k], for
    first[i] <= k < first[i + 1]."""

    dense: Tensor
    first: np.ndarray
    joint: np.ndarray
    weight: np.ndarray

    @staticmethod
    def of(dense: Tensor) -> "SkinningWeights":
        table = dense.cpu().numpy()
        points, joints = np.nonzero(table)
        first = np.searchsorted(points, np.arange(len(table) + 1))
        return SkinningWeights(dense, first, joints, table[points, joints])


def skin(
    weights: SkinningWeights, transforms: Tensor, points: Tensor, normals: Tensor
) -> tuple[Tensor, Tensor]:
    """Points (n or 1,G,3) and unit normals (G,3) at rest -> (n,G,3) and (n,G,3) in n frames.

    transforms (n,J,3,4) map a point of the rest pose to its posed position. No gradient flows
    through the normals.
    """
    if points.is_cuda:
        return skin_dense(weights.dense, transforms, points, normals)
    return _Skin.apply(transforms, points, normals, weights)


def skin_dense(
    weights: Tensor, transforms: Tensor, points: Tensor, normals: Tensor
) -> tuple[Tensor, Tensor]:
    """`skin` with weights (G,J), on any device."""
    blended = (weights @ transforms.flatten(2)).unflatten(2, (3, 4))
    turn, shift = blended[..., :3], blended[..., 3]
    turned = normalize(_apply(turn.detach(), normals.detach()), dim=-1)
    return _apply(turn, points) + shift, turned


def _apply(matrices: Tensor, vectors: Tensor) -> Tensor:
    """(…,3,3) and (…,3) -> (…,3); several times faster than 40,000 small matrix products."""
    return (matrices * vectors[..., None, :]).sum(-1)


class _Skin(torch.autograd.Function):
    @staticmethod
    def forward(ctx, transforms, points, normals, weights):
        arrays = [x.detach().float().contiguous().numpy() for x in (transforms, points, normals)]
        lists = weights.first, weights.joint, weights.weight
        posed, turned = np.empty((2, len(transforms), *points.shape[1:]), np.float32)
        _skin(*lists, *arrays, posed, turned)
        ctx.kept = *lists, *arrays[:2]
        turned = torch.from_numpy(turned)
        ctx.mark_non_differentiable(turned)
        return torch.from_numpy(posed), turned

    @staticmethod
    def backward(ctx, gradient, _):
        *lists, transforms, points = ctx.kept
        gradient = gradient.contiguous().numpy()
        of_points = np.empty_like(gradient)
        of_transforms = np.zeros((len(gradient), PARTS, *transforms.shape[1:]), np.float32)
        _skin_backward(*lists, transforms, points, gradient, of_transforms, of_points)
        if len(points) < len(gradient):
            of_points = of_points.sum(0, keepdims=True)
        return torch.from_numpy(of_transforms.sum(1)), torch.from_numpy(of_points), None, None


@jit
def _three(rows, i):
    """A row as scalars: array views would cost more than the work done with them."""
    return rows[i, 0], rows[i, 1], rows[i, 2]


@jit
def _times(matrices, j, v):
    """The (…,3,3) of matrix j times v."""
    x = matrices[j, 0, 0] * v[0] + matrices[j, 0, 1] * v[1] + matrices[j, 0, 2] * v[2]
    y = matrices[j, 1, 0] * v[0] + matrices[j, 1, 1] * v[1] + matrices[j, 1, 2] * v[2]
    z = matrices[j, 2, 0] * v[0] + matrices[j, 2, 1] * v[1] + matrices[j, 2, 2] * v[2]
    return x, y, z


@jit
def _plus(a, w, b):
    return a[0] + w * b[0], a[1] + w * b[1], a[2] + w * b[2]


@parallel_jit
def _skin(first, joint, weight, transforms, points, normals, posed, turned):
    """points (n or 1,G,3), normals (G,3), transforms (n,J,3,4) -> posed, turned (n,G,3)."""
    frames, count = posed.shape[:2]
    for job in nb.prange(frames * PARTS):
        t, part = job // PARTS, job % PARTS
        source, T, to, turn = points[t % len(points)], transforms[t], posed[t], turned[t]
        for i in range(part * count // PARTS, (part + 1) * count // PARTS):
            p = n = ZERO, ZERO, ZERO
            for k in range(first[i], first[i + 1]):
                j, w = joint[k], weight[k]
                p = _plus(p, w, _times(T, j, _three(source, i)))
                p = _plus(p, w, (T[j, 0, 3], T[j, 1, 3], T[j, 2, 3]))
                n = _plus(n, w, _times(T, j, _three(normals, i)))
            long = max(math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]), SHORT)
            to[i, 0], to[i, 1], to[i, 2] = p
            turn[i, 0], turn[i, 1], turn[i, 2] = n[0] / long, n[1] / long, n[2] / long


@parallel_jit
def _skin_backward(first, joint, weight, transforms, points, gradient, of_transforms, of_points):
    """From dL/dposed (n,G,3): dL/dtransforms (n,PARTS,J,3,4) in parts, zero on entry, and
    dL/dpoints (n,G,3) per frame."""
    frames, count = gradient.shape[:2]
    for job in nb.prange(frames * PARTS):
        t, part = job // PARTS, job % PARTS
        source, T, given = points[t % len(points)], transforms[t], gradient[t]
        total, own = of_transforms[t, part], of_points[t]
        for i in range(part * count // PARTS, (part + 1) * count // PARTS):
            g, p, s = _three(given, i), _three(source, i), (ZERO, ZERO, ZERO)
            for k in range(first[i], first[i + 1]):
                j, w = joint[k], weight[k]
                for r in range(3):
                    pull = w * g[r]
                    s = _plus(s, pull, (T[j, r, 0], T[j, r, 1], T[j, r, 2]))
                    total[j, r, 0] += pull * p[0]
                    total[j, r, 1] += pull * p[1]
                    total[j, r, 2] += pull * p[2]
                    total[j, r, 3] += pull
            own[i, 0], own[i, 1], own[i, 2] = s
