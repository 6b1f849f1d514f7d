"""Where a photo shows free floor, by its colours and its camera, without any trained weights.

GrabCut (Rother et al., 2004), models of the colours on both sides of a boundary, which is found
column by column (dynamic programming, as free space is found for cars: Badino et al., 2007, Yao et
al., 2015), the way from what is above the horizon, and upright edges each tell of a pixel whether
it is floor, and each is wrong in its own way. A logistic regression weighs them; the boundary that
agrees best with it is the floor's.
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
_BESIDE = 6.0  # px: how far an upright edge tells of what is beside it
_A_STEP = 0.3  # what a pixel of the way costs, in units of Lab, its lightness halved
_SWEEPS = 3

# A logistic regression (ridge, photos without room to stand at half weight) of the pixels within
# reach in photos of rooms of the demo world that nothing is reported on, repainted at random. The
# intercept is 0.5 higher than that of the regression, which leaves out more floor than it must.
_CUT, _UPRIGHT, _AWAY, _LIKE, _INTERCEPT = 0.717, -1.855, 1.445, 0.463, -6.756


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
    seen, seed, standing = appearance(picture), _seed(within.shape), _drawn(upright, within.shape)
    edge, above = _edges(seen), _above(within)
    cut = _cut(picture, within, seed)
    like = _like_floor(seen, edge, within, above, seed)
    evidence = (
        _CUT * down_to_edge(cut)
        + _UPRIGHT * 10 * cv2.GaussianBlur(standing, (0, 0), _BESIDE)
        + _AWAY * np.log1p(_away(above, seen[..., :3]))
        + _LIKE * np.minimum.accumulate(cv2.blur(like, (5, 5))[::-1], 0)[::-1]
        + _INTERCEPT
    )
    free = _below(evidence, edge, within) & (standing == 0)
    free = np.logical_and.accumulate(free[::-1], 0)[::-1]
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


def _drawn(segments: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(h,w) f32: 1 on segments (k,4), px about the middle, else 0."""
    h, w = shape
    drawn = np.zeros((h, w), np.float32)
    for x0, y0, x1, y1 in (segments + np.array([w, h, w, h]) / 2).astype(int).tolist():
        cv2.line(drawn, (x0, y0), (x1, y1), 1)
    return drawn


def _seed(shape: tuple[int, int]) -> np.ndarray:
    h, w = shape
    seed = np.zeros(shape, bool)
    side = round((1 - SEED_COLUMNS) / 2 * w)
    seed[h - max(4, int(SEED_ROWS * h)) :, side : w - side] = True
    return seed


def _above(within: np.ndarray) -> np.ndarray:
    """(h,w) bool: what is above all that is within reach, and so no floor."""
    h = len(within)
    first = np.where(within.any(0), within.argmax(0), h)
    return np.arange(h)[:, None] < np.maximum(first, _TOP * h)


def _like_floor(
    seen: np.ndarray, edge: np.ndarray, within: np.ndarray, above: np.ndarray, seed: np.ndarray
) -> np.ndarray:
    """(h,w): log ratio of how like floor and how like anything else a pixel looks, by models of the
    colours on both sides of the best boundary between them."""
    free, other = seed, above
    ratio = np.zeros(within.shape)
    for _ in range(_ROUNDS):
        if min(free.sum(), other.sum()) < 50:
            break
        ratio = _log(_colours(seen[free], _COLOURS_FLOOR), seen)
        ratio -= _log(_colours(seen[other], _COLOURS_OTHER), seen)
        ratio = np.clip(ratio, -_CLEAR, _CLEAR) + _FLOOR_FIRST
        ratio[~within] = -_CLEAR
        free = _below(ratio, edge, within)
        other = above | (~free & (ratio < 0))
    return ratio


def _below(evidence: np.ndarray, edge: np.ndarray, within: np.ndarray) -> np.ndarray:
    """(h,w) bool: what is below the boundary that agrees best with the log odds (h,w) of each pixel
    to be floor, and with the edges (h,w), and is within reach."""
    h, w = within.shape
    odds = np.where(within, np.clip(evidence, -_CLEAR, _CLEAR + _FLOOR_FIRST), -_CLEAR)
    cost = np.zeros((h + 1, w))  # of a boundary above row b: all from b on is floor
    cost[:-1] = -np.cumsum(odds[::-1], 0)[::-1] - _EDGE * edge
    return (np.arange(h)[:, None] >= _boundary(cost, _STEP, _JUMP)) & within


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


def _away(start: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """How far (h,w) it is from a mask (h,w) bool, by the way along which the least changes in a
    picture (h,w,c): a geodesic distance, in its units."""
    return _swept(np.where(start, 0.0, np.inf), seen, _A_STEP, _SWEEPS)


@nb.njit(cache=True)
def _swept(away, seen, step, sweeps):
    """Raster sweeps, to and fro, with the eight neighbours (Borgefors, 1986)."""
    h, w, channels = seen.shape
    for sweep in range(2 * sweeps):
        way = 1 if sweep % 2 == 0 else -1
        for i in range(h):
            y = i if way == 1 else h - 1 - i
            for j in range(w):
                x = j if way == 1 else w - 1 - j
                for dy, dx in ((-way, 0), (0, -way), (-way, -way), (-way, way)):
                    v, u = y + dy, x + dx
                    if 0 <= v < h and 0 <= u < w:
                        by = away[v, u] + step * np.sqrt(dy * dy + dx * dx)
                        for c in range(channels):
                            by += abs(seen[y, x, c] - seen[v, u, c])
                        away[y, x] = min(away[y, x], by)
    return away
