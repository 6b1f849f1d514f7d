"""Where a photo shows free floor.

The boundary that agrees best with how likely each pixel is floor, and with the photo's edges, is
found column by column (dynamic programming, as free space is found for cars: Badino et al., 2007,
Yao et al., 2015).
"""

from dataclasses import dataclass

import cv2
import numba as nb
import numpy as np

from understudy.artifacts.room import RoomCamera

FAR = 7.0  # m: nobody is shown standing farther away
LEAST_BELOW = 0.08  # of the picture that must lie below the horizon and nearer than FAR

_EDGE = 12.0  # what a boundary along a strong edge saves, in units of a pixel's log odds
_STEP, _JUMP = 1.2, 14.0  # what a boundary's step of a row costs from column to column, and at most
_CLEAR = 3.0  # log odds at most


@dataclass(frozen=True)
class Floor:
    """floor, free (h,w) bool as in room.npz."""

    floor: np.ndarray
    free: np.ndarray


def find_floor(odds: np.ndarray, picture: np.ndarray, camera: RoomCamera) -> Floor:
    """The floor of a picture (h,w,3) uint8 RGB of about LONGER_SIDE px.

    odds (h,w): log odds of each pixel to show floor.
    """
    within = within_reach(camera)
    if within.mean() < LEAST_BELOW:
        nothing = np.zeros(within.shape, bool)
        return Floor(nothing, nothing)
    free = _below(odds, _edges(picture), within)
    return Floor(within & (odds > 0) | free, free)


def within_reach(camera: RoomCamera) -> np.ndarray:
    """(h,w) bool: pixels that would show a floor nearer than FAR."""
    return camera.floor_points()[..., 1] < FAR


def down_to_edge(mask: np.ndarray) -> np.ndarray:
    """The part of a mask (h,w) from which it reaches down to the picture's edge in each column;
    gaps of two rows are bridged."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 3), np.uint8))
    return np.logical_and.accumulate(closed[::-1] > 0, 0)[::-1]


def _below(odds: np.ndarray, edge: np.ndarray, within: np.ndarray) -> np.ndarray:
    """(h,w) bool: what is below the boundary that agrees best with the log odds (h,w) of each pixel
    to be floor, and with the edges (h,w), and is within reach."""
    h, w = within.shape
    odds = np.where(within, np.clip(odds, -_CLEAR, _CLEAR), -_CLEAR)
    cost = np.zeros((h + 1, w))  # of a boundary above row b: all from b on is floor
    cost[:-1] = -np.cumsum(odds[::-1], 0)[::-1] - _EDGE * edge
    return (np.arange(h)[:, None] >= _boundary(cost, _STEP, _JUMP)) & within


def _edges(picture: np.ndarray) -> np.ndarray:
    """(h,w) in [0,1]: how strong an edge is, in Lab smoothed within edges; its lightness is halved,
    since light varies over a floor more than its hue."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    lab[..., 0] *= 0.5
    seen = cv2.bilateralFilter(lab, 5, 12, 3)
    lightness = np.hypot(
        cv2.Sobel(seen[..., 0], cv2.CV_32F, 1, 0), cv2.Sobel(seen[..., 0], cv2.CV_32F, 0, 1)
    )
    colour = sum(np.abs(cv2.Sobel(seen[..., c], cv2.CV_32F, 0, 1)) for c in (1, 2))
    return np.minimum(0.25 * (lightness + colour), 20) / 20


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
