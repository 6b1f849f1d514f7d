"""Figures of merit, in numpy: images, masks, joints."""

import numpy as np
from scipy.ndimage import correlate1d


def psnr(a: np.ndarray, b: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Peak signal-to-noise ratio, dB, of uint8 images of one shape (…,h,w,c); inf where equal.

    `mask` (…,h,w) bool: only these pixels count.
    """
    _same_shape(a, b)
    squared = (a.astype(np.float64) - b) ** 2
    mean = squared.mean() if mask is None else squared[mask].mean()
    return float("inf") if mean == 0 else float(10 * np.log10(255.0**2 / mean))


def ssim(a: np.ndarray, b: np.ndarray, sigma: float = 1.5) -> float:
    """Structural similarity of uint8 images (h,w) or (h,w,c), mean over pixels and channels.

    Wang et al. 2004: Gaussian window of 11 px and σ 1.5, K = (0.01, 0.03), biased covariances;
    a border of half a window is left out.
    """
    _same_shape(a, b)
    radius = 5
    if min(a.shape[:2]) <= 2 * radius:
        raise ValueError(f"SSIM needs images above {2 * radius} px, got {a.shape}")
    x = np.arange(-radius, radius + 1)
    window = np.exp(-0.5 * (x / sigma) ** 2)
    window /= window.sum()

    def blur(image: np.ndarray) -> np.ndarray:
        rows = correlate1d(image, window, axis=0)
        return correlate1d(rows, window, axis=1)[radius:-radius, radius:-radius]

    a, b = a.astype(np.float64), b.astype(np.float64)
    mean_a, mean_b = blur(a), blur(b)
    variance_a, variance_b = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2
    covariance = blur(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    return float((top / ((mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2))).mean())


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of bool masks (…,h,w) -> (…); 1 where both are empty."""
    _same_shape(a, b)
    both, either = (a & b).sum((-2, -1)), (a | b).sum((-2, -1))
    return np.where(either == 0, 1.0, both / np.maximum(either, 1))


def mpjpe(predicted: np.ndarray, true: np.ndarray, root: int = 0) -> np.ndarray:
    """Mean per-joint position error (n,) of joints (n,j,3), their root joints put together.

    In the joints' unit: metres in, metres out.
    """
    _same_shape(predicted, true)
    predicted = predicted - predicted[:, root : root + 1]
    true = true - true[:, root : root + 1]
    return np.linalg.norm(predicted - true, axis=-1).mean(-1)


def pa_mpjpe(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """MPJPE (n,) after each frame's best similarity (turn, scale, shift) of predicted onto true."""
    return np.linalg.norm(procrustes(predicted, true) - true, axis=-1).mean(-1)


def procrustes(moved: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """`moved` (n,j,d) turned, scaled and shifted to lie nearest to `onto` (n,j,d); no mirroring.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    1991.
    """
    _same_shape(moved, onto)
    moved_centre, onto_centre = moved.mean(1, keepdims=True), onto.mean(1, keepdims=True)
    source, target = moved - moved_centre, onto - onto_centre
    u, singular, vt = np.linalg.svd(np.swapaxes(source, 1, 2) @ target)
    signs = np.ones_like(singular)
    signs[:, -1] = np.where(np.linalg.det(u @ vt) < 0, -1.0, 1.0)  # a mirror is no turn
    turn = (u * signs[:, None]) @ vt
    spread = (source**2).sum((1, 2))
    scale = (singular * signs).sum(-1) / np.where(spread > 0, spread, 1)
    return scale[:, None, None] * source @ turn + onto_centre


def _same_shape(a: np.ndarray, b: np.ndarray) -> None:
    if a.shape != b.shape:
        raise ValueError(f"shapes differ: {a.shape} and {b.shape}")
