"""How alike two images are. On a CPU, structural similarity and its gradient take a few passes
over the image; elsewhere the separable window is two banded matrix products."""

import math
from functools import cache

import numba as nb
import numpy as np
import torch
from torch import Tensor

f32 = np.float32
WINDOW, SIGMA = 11, 1.5  # px, of the Gaussian window
C1, C2 = f32(0.01**2), f32(0.03**2)  # the constants for values in [0,1]
ONE, TWO = f32(1), f32(2)

_weights = [math.exp(-((k - WINDOW // 2) ** 2) / (2 * SIGMA**2)) for k in range(WINDOW)]
# The window is even: its middle, and its weights one to five pixels to either side.
G0, G1, G2, G3, G4, G5 = (f32(_weights[5 - k] / sum(_weights)) for k in range(6))

jit = nb.njit(fastmath=True, error_model="numpy", nogil=True, cache=True)


@jit
def _along(x, out):
    """The window along a row: x (w+10,) -> out (w,)."""
    for i in range(len(out)):
        out[i] = (
            G0 * x[i + 5]
            + G1 * (x[i + 4] + x[i + 6])
            + G2 * (x[i + 3] + x[i + 7])
            + G3 * (x[i + 2] + x[i + 8])
            + G4 * (x[i + 1] + x[i + 9])
            + G5 * (x[i] + x[i + 10])
        )


@jit
def _across(x, out):
    """The window over eleven rows: x (11,w) -> out (w,)."""
    for i in range(len(out)):
        out[i] = (
            G0 * x[5, i]
            + G1 * (x[4, i] + x[6, i])
            + G2 * (x[3, i] + x[7, i])
            + G3 * (x[2, i] + x[8, i])
            + G4 * (x[1, i] + x[9, i])
            + G5 * (x[0, i] + x[10, i])
        )


@jit
def _plane(a, b, padded):
    """One channel: a, b (h,w) -> the sum of SSIM over the positions where the window lies inside.

    padded (3, h+10, w+10), zero at the edges, receives in its middle that sum's gradient with
    respect to the windows' means of a, of a^2 + b^2 and of a b.
    """
    h, w = a.shape
    n = w - WINDOW + 1
    rows = np.empty((4, h, n), f32)
    x = np.empty((4, w), f32)
    for y in range(h):
        for i in range(w):
            x[0, i], x[1, i] = a[y, i], b[y, i]
            x[2, i] = a[y, i] * a[y, i] + b[y, i] * b[y, i]
            x[3, i] = a[y, i] * b[y, i]
        for k in range(4):
            _along(x[k], rows[k, y])
    means = np.empty((4, n), f32)
    total = 0.0
    for y in range(h - WINDOW + 1):
        for k in range(4):
            _across(rows[k, y : y + WINDOW], means[k])
        by_mean, by_square, by_product = (padded[0, y + 10], padded[1, y + 10], padded[2, y + 10])
        line = f32(0)
        for i in range(n):
            ma, mb, square, product = means[0, i], means[1, i], means[2, i], means[3, i]
            lit, bright = TWO * ma * mb + C1, ma * ma + mb * mb + C1
            alike, varied = TWO * (product - ma * mb) + C2, square - ma * ma - mb * mb + C2
            p, q = ONE / bright, ONE / varied
            s = lit * alike * p * q
            line += s
            by_product[10 + i] = TWO * lit * p * q
            by_square[10 + i] = -s * q
            by_mean[10 + i] = TWO * (mb * (alike - lit) * p * q - ma * s * (p - q))
        total += line
    return total


@jit
def _gradient(a, b, padded, out):
    """One channel: the sum's gradient with respect to a (h,w) into out, from `_plane`'s padded."""
    h, w = a.shape
    rows = np.empty((3, h + WINDOW - 1, w), f32)
    for k in range(3):
        for y in range(h + WINDOW - 1):
            _along(padded[k, y], rows[k, y])
    parts = np.empty((3, w), f32)
    for y in range(h):
        for k in range(3):
            _across(rows[k, y : y + WINDOW], parts[k])
        for i in range(w):
            out[y, i] = parts[0, i] + TWO * a[y, i] * parts[1, i] + b[y, i] * parts[2, i]


@jit
def _value_and_gradient(a, b, grad):
    """a, b (c,h,w) -> mean SSIM; its gradient in a into grad (c,h,w)."""
    c, h, w = a.shape
    padded = np.zeros((3, h + WINDOW - 1, w + WINDOW - 1), f32)
    total = 0.0
    for k in range(c):
        total += _plane(a[k], b[k], padded)
        _gradient(a[k], b[k], padded, grad[k])
    places = c * (h - WINDOW + 1) * (w - WINDOW + 1)
    grad *= f32(1 / places)
    return total / places


class _Similarity(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        planes = [x.detach().permute(2, 0, 1).contiguous().numpy() for x in (a, b)]
        grad = np.empty_like(planes[0])
        value = _value_and_gradient(*planes, grad)
        ctx.grad = torch.from_numpy(grad).permute(1, 2, 0)
        return a.new_tensor(value)

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.grad, None


def psnr(a: Tensor, b: Tensor) -> float:
    """Peak signal-to-noise ratio (dB) of values in [0,1]."""
    return float(-10 * torch.log10((a - b).square().mean().clamp(min=1e-10)))


def ssim(a: Tensor, b: Tensor) -> Tensor:
    """Mean SSIM (Wang et al. 2004) of two images (h,w,c) float32, sides at least 11.

    Differentiable only in a.
    """
    return banded_ssim(a, b.detach()) if a.is_cuda else _Similarity.apply(a, b)


@cache
def _band(n: int, device: torch.device) -> Tensor:
    """(n−10, n): the window at each position where it lies inside n pixels."""
    window = torch.tensor(_weights)
    band = torch.zeros(n - WINDOW + 1, n)
    for k in range(WINDOW):
        band.diagonal(k).copy_((window / window.sum())[k].expand(n - WINDOW + 1))
    return band.to(device)


def banded_ssim(a: Tensor, b: Tensor) -> Tensor:
    """Like `ssim`, on any device."""
    h, w, c = a.shape
    maps = torch.cat([a, b, a * a + b * b, a * b], -1).permute(2, 0, 1)
    windowed = _band(h, a.device) @ maps @ _band(w, a.device).T
    ma, mb, squares, products = windowed.unflatten(0, (4, c))
    variance = squares - ma * ma - mb * mb  # that of a plus that of b
    covariance = products - ma * mb
    likeness = (2 * ma * mb + float(C1)) * (2 * covariance + float(C2))
    return (likeness / ((ma * ma + mb * mb + float(C1)) * (variance + float(C2)))).mean()
