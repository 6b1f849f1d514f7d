"""Square windows that follow a person, so that a small figure fills the image a model sees.

Coordinates are continuous pixels: the centre of the first pixel is (0.5, 0.5).
"""

import cv2
import numpy as np

SMALL = 0.5  # a figure below this share of the frame's longer side is shown enlarged


def cut_window(frame: np.ndarray, window: np.ndarray, size: int) -> np.ndarray:
    """The window (x0, y0, side) of an RGB `frame` (h,w,3), resized to (size,size,3).

    Outside the frame its edge is repeated, which no detector mistakes for a figure.
    """
    x0, y0, side = (float(value) for value in window)
    scale = size / side
    # OpenCV measures from the centre of the first pixel, our coordinates from its corner.
    matrix = np.array([[scale, 0, scale * (0.5 - x0) - 0.5], [0, scale, scale * (0.5 - y0) - 0.5]])
    return cv2.warpAffine(frame, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)


def to_frame(points: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Points (...,2) given as fractions of a window, as pixels of the frame it was cut from."""
    return np.asarray(points) * window[2] + window[:2]


def windows_if_small(
    n: int, frames: np.ndarray, boxes: np.ndarray, width: int, height: int, always: bool = False
) -> np.ndarray | None:
    """Windows (n,3) that follow a person who is small in the frame, or `always`; else None."""
    if not len(boxes):
        return None
    largest = (boxes[:, 2:] - boxes[:, :2]).max()
    if largest > SMALL * max(width, height) and not always:
        return None
    return following_windows(n, frames, boxes)


def following_windows(
    n: int, frames: np.ndarray, boxes: np.ndarray, margin: float = 1.8
) -> np.ndarray:
    """Windows (n,3) x0, y0, side that follow `boxes` (m,4) x0, y0, x1, y1 seen at `frames` (m,).

    The side is the same throughout (`margin` times the largest box), so that the figure keeps
    its scale; the centre is interpolated between the sampled frames and held beyond them.
    """
    side = margin * float((boxes[:, 2:] - boxes[:, :2]).max())
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    times = np.arange(n)
    x, y = (np.interp(times, frames, centres[:, axis]) for axis in (0, 1))
    return np.stack([x - side / 2, y - side / 2, np.full(n, side)], axis=1)
