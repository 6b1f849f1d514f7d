"""What tells a floor from a sofa, a bed, a table or a wall that was taken for one."""

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.artifacts.room import RoomCamera
from understudy.room.floor import FAR
from understudy.room.segments import lengths
from understudy.room.spots import covered

SHORTEST = 0.02  # of the picture's diagonal: a level segment that may be a floor's end
_BROAD = 15  # px of such a segment: in dark corners the boundary is a few rows off
_MARGIN = 7  # px: what is nearer to the floor's edge is not within it
_CELL, _ASIDE, _NEAR = 0.1, 4.0, 0.5  # m: of the plan on which floor is measured, and its ends
_ROOMIEST = 3.0  # m


@dataclass(frozen=True)
class Cues:
    """Of what was taken for floor. skirted: the share of its upper boundary that lies on level
    lines along the walls, as skirting boards and furniture on a floor do; roomy: the radius, m, of
    the largest disc of it, if the camera is as high as usual; broad: the share of the picture's
    lower edge that it fills; astray: how much more lines within it run askew than along the walls,
    as boards, tiles and carpets do: the logarithm of the ratio of one and their lengths over the
    square root of its area."""

    skirted: float
    roomy: float
    broad: float
    astray: float


def read_cues(free: np.ndarray, camera: RoomCamera, level: np.ndarray, askew: np.ndarray) -> Cues:
    """The cues of the free floor (h,w) found in a picture by a camera of usual height.

    level, askew (k,4): segments that run level along the walls, and that run neither so nor
    upright, px about the picture's middle.
    """
    within = cv2.erode(free.astype(np.uint8), np.ones((_MARGIN, _MARGIN))) > 0
    return Cues(
        skirted=_skirted(free, level),
        roomy=_roomy(free, camera),
        broad=float(free[-1].mean()),
        astray=float(np.log1p(_drawn_in(within, askew)) - np.log1p(_drawn_in(within, level))),
    )


def _skirted(free: np.ndarray, level: np.ndarray) -> float:
    h, w = free.shape
    drawn = np.zeros((h, w), np.uint8)
    long = level[lengths(level) > SHORTEST * np.hypot(h, w)]
    for x0, y0, x1, y1 in (long + np.array([w, h, w, h]) / 2).astype(int).tolist():
        cv2.line(drawn, (x0, y0), (x1, y1), 1, _BROAD)
    columns = np.flatnonzero(free.any(0))
    return float(drawn[free.argmax(0)[columns], columns].mean()) if len(columns) else 0.0


def _drawn_in(floor: np.ndarray, segments: np.ndarray) -> float:
    """How long the segments in a mask (h,w) are together, over the square root of its area."""
    h, w = floor.shape
    x, y = ((segments[:, :2] + segments[:, 2:] + (w, h)) / 2).astype(int).T
    inside = (x >= 0) & (x < w) & (y >= 0) & (y < h)
    x, y = np.clip(x, 0, w - 1), np.clip(y, 0, h - 1)
    return float(lengths(segments[inside & floor[y, x]]).sum() / max(floor.sum(), 1) ** 0.5)


def _roomy(free: np.ndarray, camera: RoomCamera) -> float:
    """What is not in the picture counts as free."""
    across, ahead = np.arange(-_ASIDE, _ASIDE, _CELL), np.arange(_NEAR, FAR, _CELL)
    places = np.stack(np.meshgrid(across, ahead), -1)
    shown = covered(np.ones_like(free), camera, places, 0.0)
    on = covered(free, camera, places, 0.0)
    to_others = cv2.distanceTransform((on | ~shown).astype(np.uint8), cv2.DIST_L2, 5) * _CELL
    return min(float(to_others[on].max()), _ROOMIEST) if on.any() else 0.0
