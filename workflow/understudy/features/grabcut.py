"""From a soft person mask to a sharp one: GrabCut, helped by a known background."""

import cv2
import numpy as np

from understudy.features.still_background import Background

SURE, MAYBE = 0.9, 0.15  # of the soft mask: certainly the person; possibly
SAME, OTHER = 10.0, 45.0  # levels from the background: it is the background; it is not
DARKEST_SHADOW = 0.45  # a shadow leaves at least this share of the background's light
ITERATIONS = 2


def refine_mask(frame: np.ndarray, soft: np.ndarray, background: Background) -> np.ndarray:
    """The person's mask (h,w) bool in an RGB frame (h,w,3) from `soft` (h,w) float in 0…1."""
    radius = max(1, round(frame.shape[0] / 170))
    near = cv2.dilate((soft > MAYBE).astype(np.uint8), _disc(2 * radius))
    if not near.any():
        return np.zeros(soft.shape, bool)
    box = _padded_box(near, 4 * radius)
    mask = np.zeros(soft.shape, bool)
    mask[box] = _cut(
        frame[box], soft[box], Background(background.colour[box], background.known[box]), radius
    )
    return _one_body(mask, soft)


def _cut(frame: np.ndarray, soft: np.ndarray, behind: Background, radius: int) -> np.ndarray:
    """GrabCut on the person's box."""
    hints = _hints(frame, soft, behind, radius)
    if not ((hints == cv2.GC_FGD) | (hints == cv2.GC_PR_FGD)).any():
        return np.zeros(soft.shape, bool)
    if not ((hints == cv2.GC_BGD) | (hints == cv2.GC_PR_BGD)).any():
        return np.ones(soft.shape, bool)
    cv2.setRNGSeed(0)  # GrabCut starts its colour models from random centres
    cv2.grabCut(
        np.ascontiguousarray(frame[..., ::-1]),
        hints,
        None,
        np.zeros((1, 65)),
        np.zeros((1, 65)),
        ITERATIONS,
        cv2.GC_INIT_WITH_MASK,
    )
    return (hints == cv2.GC_FGD) | (hints == cv2.GC_PR_FGD)


def _hints(frame: np.ndarray, soft: np.ndarray, behind: Background, radius: int) -> np.ndarray:
    """GrabCut's four classes from the soft mask and the difference from the background."""
    sure = cv2.erode((soft > SURE).astype(np.uint8), _disc(radius)) > 0
    near = cv2.dilate((soft > MAYBE).astype(np.uint8), _disc(radius)) > 0
    difference = shadow_free_difference(frame, behind.colour)
    hints = np.full(soft.shape, cv2.GC_BGD, np.uint8)
    hints[near] = cv2.GC_PR_BGD
    hints[soft > 0.5] = cv2.GC_PR_FGD
    hints[behind.known & near & (difference > OTHER)] = cv2.GC_PR_FGD
    hints[behind.known & (difference < SAME) & (soft < SURE)] = cv2.GC_BGD
    strong = behind.known & (difference > OTHER) & (soft > 0.4)
    hints[cv2.erode(strong.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = cv2.GC_FGD
    hints[sure] = cv2.GC_FGD
    return hints


def shadow_free_difference(frame: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Largest channel difference (h,w) from the background, but for a shadow's even darkening."""
    values, behind = frame.astype(np.float32), colour.astype(np.float32)
    light = (values * behind).sum(-1) / np.maximum((behind**2).sum(-1), 1.0)
    light = np.clip(light, DARKEST_SHADOW, 1.0)
    return np.abs(values - light[..., None] * behind).max(-1)


def _one_body(mask: np.ndarray, soft: np.ndarray) -> np.ndarray:
    """The blob that holds most of the soft mask, with small holes filled."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count == 1:
        return mask
    weight = np.bincount(labels.ravel(), weights=soft.ravel(), minlength=count)
    weight[0] = -1
    body = labels == weight.argmax()
    area = stats[weight.argmax(), cv2.CC_STAT_AREA]
    count, holes, stats, _ = cv2.connectedComponentsWithStats(
        (~body).astype(np.uint8), connectivity=4
    )
    small = stats[:, cv2.CC_STAT_AREA] < 0.003 * area
    small[0] = False
    return body | small[holes]


def _disc(radius: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))


def _padded_box(mask: np.ndarray, pad: int) -> tuple[slice, slice]:
    x, y, width, height = cv2.boundingRect(mask)
    top, left = max(0, y - pad), max(0, x - pad)
    return slice(top, y + height + pad), slice(left, x + width + pad)
