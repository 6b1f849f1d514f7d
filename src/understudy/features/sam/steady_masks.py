"""Masks corrected over time: what flashes up, and single frames in which a segmenter slips.

Each mask is compared with those of the two frames before and after it, moved with the person. That
follows any steady motion, but not a slip of one or two frames.
"""

from typing import TypeVar

import cv2
import numpy as np

from understudy.artifacts.masks import PackedMasks

REACH = 2  # frames before and after
SLIP = 0.6  # overlap with the neighbours' majority below which a mask is rejected
AGREED = 0.8  # overlap of the neighbours with their majority above which they are trusted
SPECK = 0.02  # of the largest piece: a smaller one that the neighbours lack is dropped
CRACK = 1e-3  # of the mask: a smaller hole is filled


Masks = TypeVar("Masks", np.ndarray, PackedMasks)  # (n,h,w) bool


def steady_masks(masks: Masks, boxes: np.ndarray) -> Masks:
    """Masks (n,h,w) bool without slips, specks and cracks; an empty one stays empty if no box
    says that somebody is there. boxes (n,4) x0, y0, x1, y1 px of the person, NaN if nobody is.
    """
    steady = masks.copy()
    for frame in np.flatnonzero(np.isfinite(boxes).all(1)).tolist():
        usual, agreement = _usual(masks, boxes, frame)
        mask = masks[frame]
        if usual is not None:
            if agreement >= AGREED and _overlap(mask, usual) < SLIP:
                mask = usual
            else:
                mask = _without_specks(mask, usual)
        steady[frame] = _without_cracks(mask)
    return steady


def _usual(
    masks: np.ndarray | PackedMasks, boxes: np.ndarray, frame: int
) -> tuple[np.ndarray | None, float]:
    """What most neighbours show where the person is now, (h,w), and how well they agree on it;
    None if there are fewer than three."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    near = [i for i in range(max(0, frame - REACH), min(len(masks), frame + REACH + 1))]
    near = [i for i in near if i != frame and np.isfinite(middle[i]).all() and masks[i].any()]
    if len(near) < 3:
        return None, 0.0
    moved = np.stack([_moved(masks[i], middle[frame] - middle[i]) for i in near])
    usual = moved.sum(0) * 2 > len(near)
    return usual, float(np.median([_overlap(mask, usual) for mask in moved]))


def _moved(mask: np.ndarray, by: np.ndarray) -> np.ndarray:
    """A mask (h,w) shifted by whole pixels, x then y."""
    x, y = (round(float(value)) for value in by)
    height, width = mask.shape
    if abs(x) >= width or abs(y) >= height:
        return np.zeros_like(mask)
    out = np.zeros_like(mask)
    out[max(0, y) : height + min(0, y), max(0, x) : width + min(0, x)] = mask[
        max(0, -y) : height + min(0, -y), max(0, -x) : width + min(0, -x)
    ]
    return out


def _overlap(mask: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union; 1 for two empty ones."""
    union = (mask | other).sum()
    return float((mask & other).sum() / union) if union else 1.0


def _without_specks(mask: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """The mask without small pieces that most neighbours do not touch."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count <= 2:
        return mask
    area = stats[:, cv2.CC_STAT_AREA]
    shared = np.bincount(pieces[usual], minlength=count)
    dropped = (area < SPECK * area[1:].max()) & (shared == 0)
    dropped[0] = False
    return mask & ~dropped[pieces]


def _without_cracks(mask: np.ndarray) -> np.ndarray:
    """The mask with its smallest holes filled."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8))
    if count <= 2:
        return mask
    small = stats[:, cv2.CC_STAT_AREA] < CRACK * mask.sum()
    small[0] = False  # the mask itself
    return mask | small[pieces]
