"""How bright a clip's pictures are, and how sharp they show the person."""

import cv2
import numpy as np

BRIGHT = 95  # percentile
TALL = 512  # px: a taller person is shrunk to this, as avatars are trained
WINDOW = 9  # px, of the blur that is added
LEAST = 200  # pixels of the person


def brightness(frames: np.ndarray) -> float:
    """Of frames (n,h,w,3) uint8: the median of the BRIGHT-th percentiles of their grey, 0–255."""
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    return float(np.median([np.percentile(picture, BRIGHT) for picture in grey]))


def blur(frames: np.ndarray, masks: np.ndarray) -> float:
    """How blurred the person is, from 0, sharp, to 1: the median over frames.

    What a further blur takes from the differences of neighbouring pixels: much from a sharp image,
    little from a blurred one (Crete et al., "The blur effect", SPIE 6492, 2007).
    """
    values = []
    for frame, mask in zip(frames, masks, strict=True):
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if mask.sum() < LEAST:
            continue
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        grey = cv2.cvtColor(frame[box], cv2.COLOR_RGB2GRAY)
        scale = min(1.0, TALL / grey.shape[0])
        size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        inside = cv2.resize(mask[box].astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        inside = cv2.erode(inside, np.ones((3, 3), np.uint8), borderValue=0) > 0
        values.append(max(_blur_along(small, inside), _blur_along(small.T, inside.T)))
    return float(np.median(values)) if values else 1.0


def _blur_along(grey: np.ndarray, inside: np.ndarray) -> float:
    """Along the columns."""
    blurred = cv2.blur(np.ascontiguousarray(grey), (1, WINDOW))
    sharp, soft = (np.abs(np.diff(picture, axis=0)) for picture in (grey, blurred))
    within = inside[1:] & inside[:-1]
    total = sharp[within].sum()
    return float(1 - np.maximum(sharp - soft, 0)[within].sum() / total) if total > 0 else 1.0
