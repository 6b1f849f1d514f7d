"""A photo's straight line segments."""

import cv2
import numpy as np

LONGEST_SIDE = 1000  # px: larger photos are made smaller
SHORTEST = 0.01  # of the diagonal
MOST = 1500  # segments


def find_segments(grey: np.ndarray) -> np.ndarray:
    """The longest segments (n,4) px of a picture (h,w) uint8, longest first: x, y of both ends,
    about the picture's middle.

    The line segment detector of Grompone von Gioi et al. (PAMI 2010), without its own reduction of
    the picture, which shifts segments by a part of a pixel.
    """
    h, w = grey.shape
    scale = min(1.0, LONGEST_SIDE / max(h, w))
    size = (round(scale * w), round(scale * h))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD, 1.0)
    found = detector.detect(small)[0]
    if found is None:
        return np.zeros((0, 4))
    # (n,1,4) from OpenCV 4, (n,4) from OpenCV 5; 0 is the first pixel's centre.
    ends = (found.reshape(-1, 4).astype(np.float64) + 0.5) / np.tile(size, 2) - 0.5
    ends *= np.array([w, h, w, h])
    size_of = lengths(ends)
    kept = ends[size_of > SHORTEST * np.hypot(w, h)]
    return kept[np.argsort(-lengths(kept), kind="stable")[:MOST]]


def lengths(segments: np.ndarray) -> np.ndarray:
    """(n,) px of segments (n,4)."""
    return np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
