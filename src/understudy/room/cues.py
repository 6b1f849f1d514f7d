"""What tells a floor from a table, a bed or a wall that was taken for one."""

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.artifacts.room import RoomCamera, axes
from understudy.room.floor import Floor, appearance, within_reach
from understudy.room.lines import Segments
from understudy.room.segments import lengths

_ALONG, _ASTRAY = np.radians([1.5, 4.0])  # a segment is along an axis, and along no other
_LEVEL = np.radians(3.0)
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


def read_cues(picture: np.ndarray, found: Floor, camera: RoomCamera, ends: np.ndarray) -> Cues:
    """The cues of a floor found in a picture (h,w,3) by `camera`, with the segments (n,4) px."""
    free, (h, w) = found.free, found.free.shape
    area = free.mean()
    inner = cv2.erode(np.pad(free, ((0, 5), (0, 0)), mode="edge").astype(np.uint8), np.ones((9, 9)))
    inner = inner[:h] > 0
    at = ends[:, None, :2] * (1 - _SAMPLES[:, None]) + ends[:, None, 2:] * _SAMPLES[:, None]
    middle = np.array([w / 2, h / 2])
    at = np.clip((at + middle).astype(int), 0, [w - 1, h - 1])
    inside = inner[at[..., 1], at[..., 0]].mean(1)
    length = lengths(ends)
    missed = np.abs(
        Segments.of(ends, max(h, w)).misses(
            camera.focal, axes(camera.pitch, camera.roll, camera.walls)
        )
    )
    upright = (missed[1] < _ALONG) & (np.minimum(missed[0], missed[2]) > _ASTRAY)
    level = (np.minimum(missed[0], missed[2]) < _LEVEL) & ~upright
    amount = (length * inside).sum() / w
    top = np.where(free.any(0), free.argmax(0), h)
    has = top < h
    within = within_reach(camera)
    first = np.where(within.any(0), within.argmax(0), h)
    endless = (has & (top <= first + 1)).sum() / max(has.sum(), 1)
    # lower ends of verticals near the boundary
    low = np.where((ends[:, 1] > ends[:, 3])[:, None], ends[:, :2], ends[:, 2:]) + middle
    column = np.clip(low[:, 0].astype(int), 0, w - 1)
    near = np.abs(low[:, 1] - top[column]) < 0.025 * h
    standing = (length * (upright & near & has[column])).sum() / (0.5 * h)
    seen = appearance(picture)
    return Cues(
        upright=float((length * inside * upright).sum() / w / np.sqrt(max(area, 1e-3))),
        level=float(((length * inside * level).sum() / w + 0.05) / (amount + 0.1)),
        endless=float(endless),
        alike=_alike(seen, free, ~np.isfinite(camera.floor_depth())),
        agreement=found.agreement,
        width=float(free[-1].mean()),
        area=float(area),
        steep=float(-camera.pitch + np.degrees(np.arctan(h / 2 / camera.focal))),
        edged=_edged(seen, top, has),
        squared=_squared(camera, top, has),
        standing=float(standing),
    )


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
