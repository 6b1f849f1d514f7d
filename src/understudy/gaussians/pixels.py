"""Rendered frames as the bytes that video files store: one pass over the pixels."""

import numba as nb
import numpy as np
from torch import Tensor

ZERO, ONE, HALF, LEVELS = np.float32(0), np.float32(1), np.float32(0.5), np.float32(255)


_compiled = nb.njit(nogil=True, cache=True, error_model="numpy")


def on_white(rgb: Tensor, alpha: Tensor) -> np.ndarray:
    """rgb (n,h,w,3), premultiplied, and alpha (n,h,w,1) in [0,1] -> uint8 (n,h,w,3) on white;
    rounded. A partly covered pixel has no more colour than alpha."""
    white = np.empty(rgb.shape, np.uint8)
    _fill_white(rgb.cpu().numpy(), alpha.cpu().numpy(), white)
    return white


def to_rgba(rgb: Tensor, alpha: Tensor) -> np.ndarray:
    """The same -> uint8 (n,h,w,4), premultiplied, without what is behind."""
    rgba = np.empty((*rgb.shape[:-1], 4), np.uint8)
    _fill_rgba(rgb.cpu().numpy(), alpha.cpu().numpy(), rgba)
    return rgba


@_compiled
def _fill_white(rgb, alpha, white):
    n, height, width, _ = rgb.shape
    for t in range(n):
        for y in range(height):
            for x in range(width):
                a = alpha[t, y, x, 0]
                for c in range(3):
                    colour = max(min(rgb[t, y, x, c], a), ZERO)
                    white[t, y, x, c] = np.uint8((colour + ONE - a) * LEVELS + HALF)


@_compiled
def _fill_rgba(rgb, alpha, rgba):
    n, height, width, _ = rgb.shape
    for t in range(n):
        for y in range(height):
            for x in range(width):
                a = alpha[t, y, x, 0]
                rgba[t, y, x, 3] = np.uint8(a * LEVELS + HALF)
                for c in range(3):
                    colour = max(min(rgb[t, y, x, c], a), ZERO)
                    rgba[t, y, x, c] = np.uint8(colour * LEVELS + HALF)


def to_bytes(image: Tensor) -> np.ndarray:
    """Values in [0,1] -> uint8, rounded."""
    return (image.clamp(0, 1) * 255 + 0.5).byte().cpu().numpy()
