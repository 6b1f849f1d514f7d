"""Rendered frames as the bytes that video files store: one pass over the pixels."""

import numba as nb
import numpy as np
from torch import Tensor

ZERO, ONE, HALF, LEVELS = np.float32(0), np.float32(1), np.float32(0.5), np.float32(255)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _fill(rgb, alpha, rgba, white):
    """rgb (n,h,w,3), alpha (n,h,w,1) -> rgba (n,h,w,4), white (n,h,w,3)."""
    n, height, width, _ = rgb.shape
    for t in range(n):
        for y in range(height):
            for x in range(width):
                a = alpha[t, y, x, 0]
                rgba[t, y, x, 3] = np.uint8(a * LEVELS + HALF)
                for c in range(3):
                    colour = max(min(rgb[t, y, x, c], a), ZERO)
                    rgba[t, y, x, c] = np.uint8(colour * LEVELS + HALF)
                    white[t, y, x, c] = np.uint8((colour + ONE - a) * LEVELS + HALF)


def to_video(rgb: Tensor, alpha: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """rgb (n,h,w,3), premultiplied, and alpha (n,h,w,1) in [0,1] -> uint8 (n,h,w,4), premultiplied,
    and (n,h,w,3) on white; rounded. A partly covered pixel has no more colour than alpha."""
    shape = rgb.shape[:-1]
    rgba, white = np.empty((*shape, 4), np.uint8), np.empty((*shape, 3), np.uint8)
    _fill(rgb.cpu().numpy(), alpha.cpu().numpy(), rgba, white)
    return rgba, white


def to_bytes(image: Tensor) -> np.ndarray:
    """Values in [0,1] -> uint8, rounded."""
    return (image.clamp(0, 1) * 255 + 0.5).byte().cpu().numpy()
