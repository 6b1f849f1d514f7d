"""Square windows that follow a person, so that a small figure fills the picture a model sees.

Coordinates are continuous pixels: the centre of the first pixel is (0.5, 0.5).
"""

import cv2
import numpy as np


def cut_window(frame: np.ndarray, window: np.ndarray, size: int) -> np.ndarray:
    """The window (x0, y0, side) of an RGB `frame` (h,w,3), resized to (size,size,3).

    What lies outside the frame repeats its edge, which no detector takes for a figure.
    """
    x0, y0, side = (float(value) for value in window)
    scale = size / side
    # OpenCV counts from the centre of the first pixel, our coordinates from its corner.
    matrix = np.array(
        [
            [scale, 0, scale * (0.5 - x0) - 0.5],
            [0, scale, scale * (0.5 - y0) - 0.5],
        ]
    )
    filtering = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.warpAffine(
        frame, matrix, (size, size), flags=filtering, borderMode=cv2.BORDER_REPLICATE
    )


def to_frame(points: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Points (...,2) given as fractions of a window, as pixels of the frame it was cut from."""
    return np.asarray(points) * window[2] + window[:2]


def following_windows(
    n: int, frames: np.ndarray, boxes: np.ndarray, margin: float = 1.8
) -> np.ndarray:
    """Windows (n,3) x0, y0, side that follow the `boxes` (m,4) x0, y0, x1, y1 seen at `frames` (m,).

    The side is the same throughout (`margin` times the largest box), so that the figure keeps
    its scale; the centre is interpolated between the sampled frames and held beyond them.
    """
    side = margin * float((boxes[:, 2:] - boxes[:, :2]).max())
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    times = np.arange(n)
    x, y = (np.interp(times, frames, centres[:, axis]) for axis in (0, 1))
    return np.stack([x - side / 2, y - side / 2, np.full(n, side)], axis=1)
