"""Where a photo shows free floor, by its colours and its camera, without any trained weights.

Two methods, each wrong in its own way: a boundary column by column (dynamic programming, as free
space is found for cars: Badino et al., 2007, Yao et al., 2015) and GrabCut (Rother et al., 2004).
What both call floor is floor.
"""

from dataclasses import dataclass

import cv2
import numba as nb
import numpy as np

from understudy.artifacts.room import RoomCamera

FAR = 7.0  # m: nobody is shown standing farther away
SEED_ROWS, SEED_COLUMNS = 0.07, 0.6  # of the picture: its lower middle is taken for floor
LEAST_BELOW = 0.08  # of the picture that must lie below the horizon and nearer than FAR

_ROUNDS = 3
_TOP = 0.05  # of the picture: its upper edge is taken for something else, however steep the view
_COLOURS_FLOOR, _COLOURS_OTHER = 5, 6
_EDGE = 8.0  # what a boundary along a strong edge saves, in units of a pixel's log likelihood ratio
_STEP, _JUMP = 1.2, 14.0  # what a boundary's step of a row costs from column to column, and at most
_FLOOR_FIRST = 0.3  # log ratio of a pixel that is like both
_CLEAR = 3.0  # log ratio at most
_CUTS = 4  # of GrabCut


@dataclass(frozen=True)
class Floor:
    """floor, free (h,w) bool as in room.npz."""

    floor: np.ndarray
    free: np.ndarray


def find_floor(picture: np.ndarray, camera: RoomCamera, upright: np.ndarray) -> Floor:
    """The floor of a picture (h,w,3) uint8 RGB of about LONGER_SIDE px.

    upright (k,4): its upright segments, px about its middle; no floor is free behind one.
    """
    within = within_reach(camera)
    if within.mean() < LEAST_BELOW:
        nothing = np.zeros(within.shape, bool)
        return Floor(nothing, nothing)
    seed = _seed(within.shape)
    bounded = _bounded(picture, within, seed)
    cut = _cut(picture, within, seed)
    free = _in_front_of(upright, bounded & down_to_edge(cut))
    return Floor(cut | free, free)


def within_reach(camera: RoomCamera) -> np.ndarray:
    """(h,w) bool: pixels that would show a floor nearer than FAR."""
    return camera.floor_points()[..., 1] < FAR


def down_to_edge(mask: np.ndarray) -> np.ndarray:
    """The part of a mask (h,w) from which it reaches down to the picture's edge in each column;
    gaps of two rows are bridged."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 3), np.uint8))
    return np.logical_and.accumulate(closed[::-1] > 0, 0)[::-1]


def appearance(picture: np.ndarray) -> np.ndarray:
    """(h,w,4) float32: Lab, smoothed within edges, its lightness halved since light varies over a
    floor more than its hue; and how rough the lightness is."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    lab[..., 0] *= 0.5
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    variance = cv2.blur(grey * grey, (7, 7)) - cv2.blur(grey, (7, 7)) ** 2
    rough = np.sqrt(np.maximum(variance, 0))
    return np.dstack([cv2.bilateralFilter(lab, 5, 12, 3), 0.5 * rough])


def _in_front_of(upright: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Free floor (h,w) without what is behind upright segments (k,4)."""
    h, w = free.shape
    standing = np.zeros((h, w), np.uint8)
    for x0, y0, x1, y1 in (upright + np.array([w, h, w, h]) / 2).astype(int).tolist():
        cv2.line(standing, (x0, y0), (x1, y1), 1)
    return np.logical_and.accumulate((free & (standing == 0))[::-1], 0)[::-1]


def _seed(shape: tuple[int, int]) -> np.ndarray:
    h, w = shape
    seed = np.zeros(shape, bool)
    side = round((1 - SEED_COLUMNS) / 2 * w)
    seed[h - max(4, int(SEED_ROWS * h)) :, side : w - side] = True
    return seed


def _bounded(picture: np.ndarray, within: np.ndarray, seed: np.ndarray) -> np.ndarray:
    """What is below the best boundary, given models of the colours on both sides of it."""
    h, w = within.shape
    seen = appearance(picture)
    rows = np.arange(h)[:, None]
    first = np.where(within.any(0), within.argmax(0), h)
    edge, free, other = _edges(seen), seed, rows < np.maximum(first, _TOP * h)
    for _ in range(_ROUNDS):
        if min(free.sum(), other.sum()) < 50:
            break
        ratio = _log(_colours(seen[free], _COLOURS_FLOOR), seen)
        ratio -= _log(_colours(seen[other], _COLOURS_OTHER), seen)
        ratio = np.clip(ratio, -_CLEAR, _CLEAR) + _FLOOR_FIRST
        ratio[~within] = -_CLEAR
        cost = np.zeros((h + 1, w))  # of a boundary above row b: all from b on is floor
        cost[:-1] = -np.cumsum(ratio[::-1], 0)[::-1] - _EDGE * edge
        free = (rows >= _boundary(cost, _STEP, _JUMP)) & within
        other = (rows < first) | (~free & (ratio < 0))
    return free


def _edges(seen: np.ndarray) -> np.ndarray:
    """(h,w) in [0,1]: how strong an edge is."""
    lightness = np.hypot(
        cv2.Sobel(seen[..., 0], cv2.CV_32F, 1, 0), cv2.Sobel(seen[..., 0], cv2.CV_32F, 0, 1)
    )
    colour = sum(np.abs(cv2.Sobel(seen[..., c], cv2.CV_32F, 0, 1)) for c in (1, 2))
    return np.minimum(0.25 * (lightness + colour), 20) / 20


def _colours(values: np.ndarray, count: int) -> list[tuple]:
    """A mixture of `count` Gaussians of values (n,c): share, mean, inverse covariance, log
    determinant of each."""
    chosen = np.random.default_rng(0).permutation(len(values))[:3000]
    values = values[chosen].astype(np.float32)
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    start = np.zeros((len(values), 1), np.int32)
    _, label, means = cv2.kmeans(values, count, start, criteria, 2, cv2.KMEANS_PP_CENTERS)
    mixture = []
    for k in range(count):
        part = values[label[:, 0] == k]
        if len(part) > 10:
            covariance = np.cov(part.T) + 9 * np.eye(values.shape[1])
            inverse, log_det = np.linalg.inv(covariance), np.linalg.slogdet(covariance)[1]
            mixture.append((len(part) / len(values), means[k], inverse, log_det))
    return mixture


def _log(mixture: list[tuple], seen: np.ndarray) -> np.ndarray:
    """Log density (h,w) of a mixture, with a floor for what is like none of it."""
    flat = seen.reshape(-1, seen.shape[-1])
    logs = []
    for share, mean, inverse, log_det in mixture:
        off = flat - mean
        logs.append(np.log(share) - 0.5 * ((off @ inverse) * off).sum(1) - 0.5 * log_det)
    return np.logaddexp(np.logaddexp.reduce(logs, 0), -22).reshape(seen.shape[:2])


@nb.njit(cache=True)
def _boundary(cost, step, jump):
    """The row (w,) of the cheapest boundary: cost (h,w) of each row in each column, plus `step` for
    each row between neighbouring columns, at most `jump`."""
    h, w = cost.shape
    total, index = cost[:, 0].copy(), np.arange(h)
    came = np.zeros((w, h), np.int64)
    for c in range(1, w):
        low, source = total.copy(), index.copy()
        for r in range(1, h):
            if low[r - 1] + step < low[r]:
                low[r], source[r] = low[r - 1] + step, source[r - 1]
        for r in range(h - 2, -1, -1):
            if low[r + 1] + step < low[r]:
                low[r], source[r] = low[r + 1] + step, source[r + 1]
        best = total.argmin()
        for r in range(h):
            if total[best] + jump < low[r]:
                low[r], source[r] = total[best] + jump, best
        came[c] = source
        total = low + cost[:, c]
    rows = np.empty(w, np.int64)
    rows[-1] = total.argmin()
    for c in range(w - 1, 0, -1):
        rows[c - 1] = came[c, rows[c]]
    return rows


def _cut(picture: np.ndarray, within: np.ndarray, seed: np.ndarray) -> np.ndarray:
    """GrabCut's foreground, which starts as the lower half of what is within reach."""
    h = len(within)
    middle = (within.argmax(0) + h) / 2
    guess = np.where(within, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    guess[within & (np.arange(h)[:, None] > middle)] = cv2.GC_PR_FGD
    guess[seed] = cv2.GC_FGD
    cv2.setRNGSeed(0)
    behind, ahead = np.zeros((1, 65)), np.zeros((1, 65))  # filled by it
    nowhere = (0, 0, 0, 0)  # the guess says where
    cv2.grabCut(picture, guess, nowhere, behind, ahead, _CUTS, cv2.GC_INIT_WITH_MASK)
    return (guess == cv2.GC_FGD) | (guess == cv2.GC_PR_FGD)
