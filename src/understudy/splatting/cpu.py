"""The CPU rasteriser: the numba kernels as one differentiable torch operation.

NUMBA_CACHE_DIR says where compiled kernels are cached (6-10 s to compile, 0.3 s to load).
Numba's OpenMP layer hangs in a forked child of a process that has rasterised: spawn instead.
"""

import numpy as np
import torch
from torch import Tensor

from understudy.splatting import kernels

MARGIN = 0.15  # of the image, beyond which a projection's slopes are clamped, as in gsplat
GRADIENT_PARTS = 8  # partial sums of a camera's gradient: so that several threads can add at once


def depth_order(depth: np.ndarray) -> np.ndarray:
    """Indices (C,n) of each row in ascending order, ties by index.

    One sort of 64-bit keys, which numpy does with SIMD: non-negative floats sort as integers.
    """
    keys = np.maximum(depth, 0).astype(np.float32).view(np.uint32).astype(np.uint64) << np.uint64(
        32
    )
    keys |= np.arange(depth.shape[1], dtype=np.uint64)
    keys.sort(axis=1)
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.int32)


def _camera_rows(Ks: np.ndarray, width: int, height: int) -> np.ndarray:
    """(C,8): fx, fy, cx, cy, then the least and greatest x/z and y/z."""
    fx, fy, cx, cy = Ks[:, 0, 0], Ks[:, 1, 1], Ks[:, 0, 2], Ks[:, 1, 2]
    mx, my = MARGIN * width / fx, MARGIN * height / fy
    bounds = -cx / fx - mx, (width - cx) / fx + mx, -cy / fy - my, (height - cy) / fy + my
    return np.stack([fx, fy, cx, cy, *bounds], axis=1)


class _Splat(torch.autograd.Function):
    """-> sum of w (colour, depth) (C,h,w,4), transmittance (C,h,w).

    The clouds have a leading dimension of C, or of 1 where all views share them.
    """

    @staticmethod
    def forward(ctx, means, quats, scales, opacities, colors, viewmats, Ks, width, height):
        inputs = means, quats, scales, opacities, colors, viewmats, Ks
        arrays = [x.detach().float().contiguous().numpy() for x in inputs]
        means, quats, scales, opacities, colors, V, Ks = arrays
        cam = _camera_rows(Ks, width, height)
        views, n = len(V), means.shape[1]
        columns, rows = -(-width // kernels.TILE), -(-height // kernels.TILE)
        geom = np.empty((views, n, 6), np.float32)
        box = np.empty((views, n, 4), np.int32)
        feat = np.empty((views, n, kernels.CHANNELS), np.float32)
        kernels.project(
            means, quats, scales, opacities, colors, V, cam, width, height, geom, box, feat
        )
        first = np.zeros((views, n + 1), np.int64)
        start = np.zeros((views, columns * rows + 1), np.int64)
        kernels.count_pairs(box, columns, first, start)
        before = np.concatenate([[0], np.cumsum(first[:, -1])])  # pairs in the previous views
        first += before[:-1, None]
        start += before[:-1, None]
        ids, slot = np.empty(before[-1], np.int32), np.empty(before[-1], np.int32)
        kernels.list_pairs(depth_order(feat[..., 3]), box, columns, first, start, ids, slot)
        out = np.zeros((views, height, width, kernels.CHANNELS), np.float32)
        T = np.ones((views, height, width), np.float32)
        kernels.composite(start, ids, geom, box, feat, columns, out, T)
        ctx.clouds = means, quats, scales, V, cam
        ctx.shared = [len(x) == 1 for x in arrays[:5]]
        ctx.kept = geom, box, feat, first, start, ids, slot, columns, out, T
        return torch.from_numpy(out), torch.from_numpy(T)

    @staticmethod
    def backward(ctx, gout, gT):
        geom, box, feat, first, start, ids, slot, columns, out, T = ctx.kept
        views, n = box.shape[:2]
        gout = gout.contiguous().numpy()
        pairs = np.empty((len(ids), 6 + kernels.CHANNELS), np.float32)
        R = np.einsum("chwk,chwk->chw", out, gout) + T * gT.numpy()
        kernels.composite_backward(start, ids, slot, geom, box, feat, columns, gout, R, pairs)
        grads = [np.zeros((views, n, k), np.float32) for k in (3, 4, 3, 1, 3)]
        gV = np.zeros((views, GRADIENT_PARTS, 4, 4), np.float32)
        kernels.project_backward(*ctx.clouds, geom, first, pairs, tuple(grads), gV)
        grads[3] = grads[3][..., 0]
        summed = [
            g.sum(0, keepdims=True) if s else g for g, s in zip(grads, ctx.shared, strict=True)
        ]
        return *map(torch.from_numpy, summed), torch.from_numpy(gV.sum(1)), None, None, None


def rasterize(
    means: Tensor,
    quats: Tensor,
    scales: Tensor,
    opacities: Tensor,
    colors: Tensor,
    viewmats: Tensor,
    Ks: Tensor,
    width: int,
    height: int,
) -> tuple[Tensor, Tensor]:
    """Clouds (C or 1, n, …) -> sum of w (rgb, depth) (C,h,w,4), transmittance (C,h,w)."""
    return _Splat.apply(means, quats, scales, opacities, colors, viewmats, Ks, width, height)
