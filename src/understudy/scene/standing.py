"""Where in a room somebody can stand and be seen: on free floor, and behind things where depth
tells that the floor goes on there."""

import cv2
import numpy as np

from understudy.artifacts.room import Room, RoomCamera
from understudy.room.floor import within_reach
from understudy.scene.occlusion import nearness_of

_CELL = 0.05  # m of the plan
_FAR, _ASIDE = 7.0, 4.0  # m of the plan
_GAP = 0.8  # m: how broad a thing may be behind which the floor on both sides of it goes on
_THICK = 0.15  # m about all that is seen of a thing: its back is not seen
_HIDES, _HIDES_SHARE = 0.08, 0.03  # m, and a metre: what is so much nearer than a point hides it
_LOW, _LOW_SHARE, _TALL = 0.12, 0.02, 2.0  # m over the floor, the first also a metre away: a thing


def standable(room: Room) -> np.ndarray:
    """(h,w) bool, as the room's masks: pixels in whose direction the floor, seen or hidden by what
    stands in front of it, is free to stand on. Without depth, `room.free`."""
    if room.depth is None:
        return room.free
    camera = room.small
    seen = room.floor & within_reach(camera)
    plan = _drawn(camera.floor_points()[seen])
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (round(_GAP / _CELL) | 1,) * 2)
    going_on = cv2.morphologyEx(plan, cv2.MORPH_CLOSE, reach)
    thick = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (round(2 * _THICK / _CELL) | 1,) * 2)
    taken = cv2.dilate(_drawn(_things(room)), thick)
    open_floor = _looked_up((going_on > 0) & (taken == 0), camera)
    hidden = hides(nearness_of(room), camera.floor_depth())
    return room.free | ((seen | hidden) & open_floor & within_reach(camera))


def hidden_share(room: Room, points: np.ndarray) -> np.ndarray:
    """(p,): how much of points (p,j,3) in camera space, m, the room hides: 0 without depth."""
    if room.depth is None:
        return np.zeros(len(points))
    camera, nearness = room.small, nearness_of(room)
    nearness[room.floor] = 0
    ahead = np.where(points[..., 2:] > 0.1, points, (0.0, 0.0, 1.0))
    pixel = np.floor(camera.project(ahead)).astype(int)
    x, y = (np.clip(pixel[..., k], 0, side - 1) for k, side in enumerate(room.floor.shape[::-1]))
    return hides(nearness[y, x], points[..., 2]).mean(1)


def hides(nearness: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """bool: whether what is at `nearness` (1/m; 0: nothing) hides what is `depth` m away."""
    known = np.where(np.isfinite(depth), depth, 0.0)
    return nearness * ((1 - _HIDES_SHARE) * known - _HIDES) > 1


def _things(room: Room) -> np.ndarray:
    """Floor points (k,2) beneath all that is seen of things."""
    assert room.depth is not None
    camera = room.small
    points = room.depth[..., None] * camera.rays()
    over = camera.over_floor(points)
    low = _LOW + _LOW_SHARE * room.depth
    thing = (room.depth > 0) & (over[..., 2] > low) & (over[..., 2] < _TALL)
    return over[thing][:, :2]


def _drawn(places: np.ndarray) -> np.ndarray:
    """A plan of the floor, uint8: 1 where places (k,2) are; gaps of a cell are closed."""
    plan = np.zeros((round(_FAR / _CELL), round(2 * _ASIDE / _CELL)), np.uint8)
    row, column, inside = _cells(places, plan.shape)
    plan[row[inside], column[inside]] = 1
    return cv2.morphologyEx(plan, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))


def _looked_up(plan: np.ndarray, camera: RoomCamera) -> np.ndarray:
    """(h,w) bool: what a plan, of bool, says of the floor in each pixel's direction."""
    places = camera.floor_points()
    row, column, inside = _cells(np.where(np.isfinite(places), places, 1e6), plan.shape)
    return inside & plan[np.where(inside, row, 0), np.where(inside, column, 0)]


def _cells(places: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, ...]:
    """Row, column and whether in the plan, of floor points (…,2)."""
    column = np.floor((places[..., 0] + _ASIDE) / _CELL).astype(int)
    row = np.floor(places[..., 1] / _CELL).astype(int)
    inside = (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1])
    return row, column, inside
