"""Figures of merit, in numpy: masks, joints."""

import numpy as np


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of bool masks (…,h,w) -> (…); 1 if both are empty."""
    _same_shape(a, b)
    both, either = (a & b).sum((-2, -1)), (a | b).sum((-2, -1))
    return np.where(either == 0, 1.0, both / np.maximum(either, 1))


def mpjpe(predicted: np.ndarray, true: np.ndarray, root: int = 0) -> np.ndarray:
    """Mean per-joint position error (n,) of joints (n,j,3), with their root joints aligned.

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
    """`moved` (n,j,d) rotated, scaled and shifted to lie nearest to `onto` (n,j,d); no mirroring.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    1991.
    """
    _same_shape(moved, onto)
    moved_centre, onto_centre = moved.mean(1, keepdims=True), onto.mean(1, keepdims=True)
    source, target = moved - moved_centre, onto - onto_centre
    u, singular, vt = np.linalg.svd(np.swapaxes(source, 1, 2) @ target)
    signs = np.ones_like(singular)
    signs[:, -1] = np.where(np.linalg.det(u @ vt) < 0, -1.0, 1.0)  # a mirroring is not a rotation
    turn = (u * signs[:, None]) @ vt
    spread = (source**2).sum((1, 2))
    scale = (singular * signs).sum(-1) / np.where(spread > 0, spread, 1)
    return scale[:, None, None] * source @ turn + onto_centre


def _same_shape(a: np.ndarray, b: np.ndarray) -> None:
    if a.shape != b.shape:
        raise ValueError(f"shapes differ: {a.shape} and {b.shape}")
