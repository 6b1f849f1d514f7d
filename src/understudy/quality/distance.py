"""Distances in a picture, in units of the person."""

import numpy as np

CREDIBLE = 0.3  # a score above which a keypoint counts
FURTHEST = 30.0  # % of the person's height: what is further off is no worse
BODY = slice(0, 23)  # COCO-WholeBody's points from the nose to the heels


def person_height(image: np.ndarray) -> float:
    """The usual extent, px, of a body's points (n,133,2) in the picture; at least one pixel."""
    extent = np.linalg.norm(np.ptp(image[:, BODY], axis=1), axis=-1)
    return max(1.0, float(np.median(extent)))


def percent_off(a: np.ndarray, b: np.ndarray, height: float) -> np.ndarray:
    """Of points (n,k,2) px: their distances (n,k) in % of a height in px, at most FURTHEST."""
    return (np.linalg.norm(a - b, axis=-1) / height * 100).clip(max=FURTHEST)
