"""How noisy and how sharp pictures are."""

import cv2
import numpy as np

# Immerkær, "Fast noise variance estimation" (1996): blind to constant, linear and saddle shapes.
_NOISE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
_FLAT = 30  # percentile of gradients, below which a picture shows noise rather than texture

_BLURS = 0.7, 1.4  # px
_EDGES = 98  # percentile of gradients, from which pixels are edges
_USUAL = 50  # percentile of the edges' widths: some are noise, some out of focus
_FEWEST = 50  # px of edges
_DIFFERENCE = 1 / 3  # px²: a difference over two pixels is itself a blur
SHARPEST, SOFTEST = 0.3, 3.0  # px


def noise_of(picture: np.ndarray) -> float:
    """Standard deviation of the noise of a picture (h,w,3) uint8, in levels, where it is flat."""
    grey = cv2.cvtColor(picture.astype(np.float32), cv2.COLOR_RGB2GRAY)
    calm = cv2.GaussianBlur(grey, (0, 0), 2.0)
    slope = np.hypot(cv2.Sobel(calm, cv2.CV_32F, 1, 0), cv2.Sobel(calm, cv2.CV_32F, 0, 1))
    flat = slope <= np.percentile(slope, _FLAT)
    flat &= (calm > 8) & (calm < 247)  # of black and white nothing varies
    if not flat.any():
        return 0.0
    left = np.abs(cv2.filter2D(grey, cv2.CV_32F, _NOISE))[flat]
    rare = left <= 3 * np.median(left) + 1  # the others are texture
    return float(np.sqrt(np.pi / 2) * left[rare].mean())


def softness_of(grey: np.ndarray) -> float | None:
    """How blurred the strongest edges of a picture (h,w) f32 are: the standard deviation, px, of
    the blur that makes them of steps; None where there are no edges.

    A step that is blurred by s, and then by b, is s² + b² steep to the power of −1/2: two blurs b
    tell s (Zhuo and Sim, "Defocus map estimation from a single image", 2011).
    """
    first, second = (_gradient(cv2.GaussianBlur(grey, (0, 0), blur)) for blur in _BLURS)
    edge = (first >= np.percentile(first, _EDGES)) & (first > 0)
    if edge.sum() < _FEWEST:
        return None
    ratio = np.maximum((first[edge] / np.maximum(second[edge], 1e-6)) ** 2, 1 + 1e-3)
    small, large = (blur**2 for blur in _BLURS)
    blurred = np.percentile((large - ratio * small) / (ratio - 1), _USUAL)
    variance = blurred - _DIFFERENCE
    return float(np.clip(np.sqrt(max(variance, 0.0)), SHARPEST, SOFTEST))


def _gradient(picture: np.ndarray) -> np.ndarray:
    across = cv2.filter2D(picture, cv2.CV_32F, np.array([[-0.5, 0, 0.5]], np.float32))
    down = cv2.filter2D(picture, cv2.CV_32F, np.array([[-0.5], [0], [0.5]], np.float32))
    return np.hypot(across, down)
