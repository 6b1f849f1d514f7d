"""A clip's frames as the measures need them: small, grey, and independent of the light."""

import cv2
import numpy as np

SIDE = 480  # px, longer side of the pictures in which the camera's motion is measured
THUMB = 64  # px, of those that light and cuts are measured on
WINDOW = 15  # px, over which a picture's light is evened out
FAINT = 6.0  # grey levels: contrast below this is noise, and is not amplified
AROUND = (9, 9)  # px of a thumb, whose structure is compared
FLAT = 2.0  # grey levels: the same there
BARE = 0.04  # variance of a structure: of one that has less, noise makes up much


def resized(grey: np.ndarray, side: int) -> np.ndarray:
    """A picture (h,w) scaled to a longer side of at most `side` px."""
    height, width = grey.shape
    scale = min(1.0, side / max(height, width))
    size = max(8, round(scale * width)), max(8, round(scale * height))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def evened(grey: np.ndarray) -> np.ndarray:
    """A picture (h,w) uint8 with mean 128 and a standard deviation near 40 around every pixel, so
    that light and fades hardly change it."""
    values = grey.astype(np.float32)
    mean = cv2.boxFilter(values, -1, (WINDOW, WINDOW))
    square = cv2.boxFilter(values * values, -1, (WINDOW, WINDOW))
    spread = np.sqrt(np.maximum(square - mean * mean, 0)) + FAINT
    return np.clip(128 + 40 * (values - mean) / spread, 0, 255).astype(np.uint8)


def structure(thumb: np.ndarray) -> np.ndarray:
    """A small picture (h,w) float32 without its light: what differs from its neighbourhood, of
    equal strength everywhere."""
    fine = thumb - cv2.boxFilter(thumb, -1, AROUND)
    return fine / (np.sqrt(cv2.boxFilter(fine * fine, -1, AROUND)) + FLAT)


def alike(before: np.ndarray, now: np.ndarray) -> float:
    """The correlation of two structures (k,), near 1 if both are flat, as of bare walls."""
    before, now = before - before.mean(), now - now.mean()
    spread = np.sqrt((before**2).mean() * (now**2).mean())
    return float(((before * now).mean() + BARE) / (spread + BARE))


def inside(box: np.ndarray, height: int, width: int) -> np.ndarray:
    """(height,width) bool: the pixels of a box (4,) x0, y0, x1, y1 in fractions; of none if NaN."""
    covered = np.zeros((height, width), bool)
    if not np.isnan(box).any():
        x0, y0, x1, y1 = np.clip(box, 0, 1) * (width, height, width, height)
        covered[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))] = True
    return covered
