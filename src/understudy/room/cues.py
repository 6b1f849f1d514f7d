"""What tells a floor from a sofa, a bed, a table or a wall that was taken for one."""

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.room.floor import appearance
from understudy.room.segments import lengths

SHORTEST = 0.02  # of the picture's diagonal: a level segment that may be a floor's end
_BROAD = 15  # px of such a segment: in dark corners the boundary is a few rows off
_FEWEST = 50  # pixels that have colours


@dataclass(frozen=True)
class Cues:
    """Of what was taken for floor. skirted: the share of its upper boundary that lies on level
    lines along the walls, as skirting boards and furniture on a floor do; alike: how like its
    colours are those above the horizon (Bhattacharyya's coefficient); varied: how far apart its
    hues are (mean absolute deviation of a and b); spots: how many places to stand it has if the
    camera is as high as usual."""

    skirted: float
    alike: float
    varied: float
    spots: int


def read_cues(
    picture: np.ndarray, free: np.ndarray, above: np.ndarray, level: np.ndarray, spots: int
) -> Cues:
    """The cues of the free floor (h,w) found in a picture (h,w,3) uint8 RGB.

    above (h,w) bool: what is above the horizon; level (k,4): segments that run level along the
    walls, px about the picture's middle; spots: how many a camera of usual height sees.
    """
    seen = appearance(picture)
    return Cues(_skirted(free, level), _alike(seen, free, above), _varied(seen, free), spots)


def _skirted(free: np.ndarray, level: np.ndarray) -> float:
    h, w = free.shape
    drawn = np.zeros((h, w), np.uint8)
    long = level[lengths(level) > SHORTEST * np.hypot(h, w)]
    for x0, y0, x1, y1 in (long + np.array([w, h, w, h]) / 2).astype(int).tolist():
        cv2.line(drawn, (x0, y0), (x1, y1), 1, _BROAD)
    columns = np.flatnonzero(free.any(0))
    return float(drawn[free.argmax(0)[columns], columns].mean()) if len(columns) else 0.0


def _alike(seen: np.ndarray, free: np.ndarray, above: np.ndarray) -> float:
    if min(above.sum(), free.sum()) < _FEWEST:
        return 0.0
    return float(np.sqrt(_histogram(seen[free]) * _histogram(seen[above])).sum())


def _histogram(values: np.ndarray) -> np.ndarray:
    """Shares (n,) of the bins of halved lightness, a and b of values (k,·)."""
    colours = np.ascontiguousarray(values[:, None, :3])
    bins = cv2.calcHist([colours], [0, 1, 2], None, [12, 16, 16], [0, 128, 90, 170, 90, 170])
    bins = cv2.GaussianBlur(bins.reshape(12, 256), (0, 0), 0.7).ravel()
    return bins / max(bins.sum(), 1)


def _varied(seen: np.ndarray, free: np.ndarray) -> float:
    if not free.any():
        return 0.0
    hue = seen[free][:, 1:3]
    return float(np.abs(hue - np.median(hue, axis=0)).mean(0).sum())
