"""What tells a floor from a table, a bed or a wall that was taken for one."""

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.artifacts.room import RoomCamera
from understudy.room.floor import Floor, appearance, within_reach
from understudy.room.segments import lengths

_SAMPLES = np.linspace(0.05, 0.95, 7)  # of a segment


@dataclass(frozen=True)
class Cues:
    upright: float
    level: float
    endless: float
    alike: float
    agreement: float
    width: float
    area: float
    steep: float
    edged: float
    squared: float
    standing: float


def read_cues(
    picture: np.ndarray,
    found: Floor,
    camera: RoomCamera,
    ends: np.ndarray,
    upright: np.ndarray,
    level: np.ndarray,
) -> Cues:
    """The cues of a floor found in a picture (h,w,3) by `camera`.

    ends (n,4): the picture's segments, px about its middle; upright, level (n,) bool: which of them
    are (`lines.directions`).
    """
    free, (h, w) = found.free, found.free.shape
    area = float(free.mean())
    length, inside = lengths(ends), _inside(ends, free)
    amount = (length * inside).sum() / w
    top = np.where(free.any(0), free.argmax(0), h)
    has = top < h
    within = within_reach(camera)
    first = np.where(within.any(0), within.argmax(0), h)
    seen = appearance(picture)
    return Cues(
        upright=float((length * inside * upright).sum() / w / np.sqrt(max(area, 1e-3))),
        level=float(((length * inside * level).sum() / w + 0.05) / (amount + 0.1)),
        endless=float((has & (top <= first + 1)).sum() / max(has.sum(), 1)),
        alike=_alike(seen, free, ~np.isfinite(camera.floor_depth())),
        agreement=found.agreement,
        width=float(free[-1].mean()),
        area=area,
        steep=float(np.degrees(np.arctan(h / 2 / camera.focal)) - camera.pitch),
        edged=_edged(seen, top, has),
        squared=_squared(camera, top, has),
        standing=_standing(ends[upright], top, h),
    )


def _inside(ends: np.ndarray, free: np.ndarray) -> np.ndarray:
    """The share (n,) of each segment (n,4) that runs well inside of a mask (h,w)."""
    h, w = free.shape
    padded = np.pad(free, ((0, 5), (0, 0)), mode="edge").astype(np.uint8)  # floor goes on below
    inner = cv2.erode(padded, np.ones((9, 9)))[:h] > 0
    at = ends[:, None, :2] * (1 - _SAMPLES[:, None]) + ends[:, None, 2:] * _SAMPLES[:, None]
    at = np.clip((at + np.array([w / 2, h / 2])).astype(int), 0, [w - 1, h - 1])
    return inner[at[..., 1], at[..., 0]].mean(1)


def _standing(upright: np.ndarray, top: np.ndarray, h: int) -> float:
    """Length of the upright segments (k,4) whose lower end is at the boundary, in half heights of
    the picture."""
    w = len(top)
    lower = np.where((upright[:, 1] > upright[:, 3])[:, None], upright[:, :2], upright[:, 2:])
    column, row = np.clip((lower + np.array([w / 2, h / 2])).astype(int), 0, [w - 1, h - 1]).T
    near = (np.abs(row - top[column]) < 0.025 * h) & (top[column] < h)
    return float((lengths(upright) * near).sum() / (0.5 * h))


def _alike(seen: np.ndarray, free: np.ndarray, above: np.ndarray) -> float:
    """Bhattacharyya coefficient of the colours of the floor and of all above the horizon."""
    if above.sum() < 200 or free.sum() < 50:
        return 0.0
    return float(np.sqrt(_histogram(seen[free]) * _histogram(seen[above])).sum())


def _histogram(values: np.ndarray) -> np.ndarray:
    colours = np.ascontiguousarray(values[:, None, :3])
    bins = cv2.calcHist([colours], [0, 1, 2], None, [12, 16, 16], [0, 128, 90, 170, 90, 170])
    bins = cv2.GaussianBlur(bins.reshape(12, 256), (0, 0), 0.7).ravel()
    return bins / max(bins.sum(), 1)


def _edged(seen: np.ndarray, top: np.ndarray, has: np.ndarray) -> float:
    """Share of the boundary with a strong edge within two rows."""
    edge = sum(np.abs(cv2.Sobel(seen[..., c], cv2.CV_32F, 0, 1)) for c in range(3))
    edge = cv2.dilate(edge, np.ones((5, 1)))
    columns = np.flatnonzero(has & (top > 2))
    if not len(columns):
        return 0.0
    return float((edge[top[columns], columns] > 40).mean())


def _squared(camera: RoomCamera, top: np.ndarray, has: np.ndarray) -> float:
    """Share of the boundary's length on the floor that runs along the walls or in sight lines."""
    h = camera.height
    points = camera.floor_points()
    ok = has & (top < h)
    columns = np.flatnonzero(ok)
    columns = columns[np.isfinite(points[np.clip(top[columns], 0, h - 1), columns, 0])]
    if len(columns) < 12:
        return 0.5
    line = points[np.clip(top[columns], 0, h - 1), columns]
    span = 6
    step = line[span:] - line[:-span]
    size = np.linalg.norm(step, axis=1) + 1e-9
    middle = (line[span:] + line[:-span]) / 2
    a = np.radians(camera.walls)
    ways = [
        np.array([np.cos(a), np.sin(a)]) * np.ones((len(step), 1)),
        np.array([-np.sin(a), np.cos(a)]) * np.ones((len(step), 1)),
        middle / np.linalg.norm(middle, axis=1, keepdims=True),
    ]
    off = np.min([np.abs(step[:, 0] * u[:, 1] - step[:, 1] * u[:, 0]) / size for u in ways], 0)
    weight = size / middle[:, 1]  # a step counts as large as it looks
    return float((weight * (off < np.sin(np.radians(12)))).sum() / weight.sum())
