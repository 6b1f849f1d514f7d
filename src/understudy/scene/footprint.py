"""What a motion needs of a room: floor under the feet, space in the picture, a seat."""

from dataclasses import dataclass

import numpy as np

from understudy.body.model import BodyModel
from understudy.scene.performance import Performance

LOW = 0.35  # m: what of a body is lower needs floor beneath it
CELL = 0.1  # m: of the floor
STANDING = 0.25  # m: radius of the floor that somebody who stands needs at least
_DIRECTIONS = 64  # in which a motion's farthest points are kept

# Somebody rests on more than the feet if the seat is this low, and the body's middle this far from
# the line between the feet, for this share of the time.
SEAT = (0.15, 0.62)  # of the height of the seat when standing
OFF_THE_FEET = 0.2  # m
RESTING = 0.2
_SEAT_JOINTS = ("pelvis", "left_hip", "right_hip")
_FEET = ("left_foot", "right_foot")
_SEAT_BELOW = 0.1  # m: of the skin of a seat below its joints


@dataclass(frozen=True)
class Rest:
    """Something to sit or lie on: height over the floor, m; cells (k,2): where it is needed, right
    and forward, m."""

    height: float
    cells: np.ndarray


@dataclass(frozen=True)
class Needs:
    """floor (k,2): places of the floor that are needed, right and forward, m; extremes (j,3):
    right, up and back, m, of the points that the motion reaches farthest; rest: None for who only
    stands."""

    floor: np.ndarray
    extremes: np.ndarray
    rest: Rest | None


def needs_of(performance: Performance) -> Needs:
    """What a motion needs of a room, about the origin of its own floor."""
    points = performance.points
    flat = points.reshape(-1, 3)
    low = flat[flat[:, 1] < LOW]
    return Needs(
        floor=np.concatenate([_disc(STANDING), _cells(low)]),
        extremes=flat[np.unique((_sphere(_DIRECTIONS) @ flat.T).argmax(1))],
        rest=_rest(performance.joints, performance.body.model),
    )


def _rest(joints: np.ndarray, body: BodyModel) -> Rest | None:
    """What the seat rests on, from the joints (m,55,3)."""
    seat = joints[:, [body.joint(name) for name in _SEAT_JOINTS]]
    left, right = (joints[:, body.joint(name)][:, [0, 2]] for name in _FEET)
    height = seat[..., 1].min(1) - _SEAT_BELOW
    trunk = joints[:, : body.joint("head") + 1].mean(1)[:, [0, 2]]
    standing = float(body.J_template[body.joint("pelvis"), 1] - body.v_template[:, 1].min())
    low, high = (share * standing for share in SEAT)
    resting = (height > low) & (height < high) & (_off_segment(trunk, left, right) > OFF_THE_FEET)
    if resting.mean() < RESTING:
        return None
    return Rest(float(np.median(height[resting])), _cells(seat[resting].reshape(-1, 3)))


def _off_segment(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(m,) m from points (m,2) to segments from (m,2) to (m,2)."""
    way = end - start
    length = np.maximum((way**2).sum(1), 1e-9)
    share = np.clip(((points - start) * way).sum(1) / length, 0, 1)
    return np.linalg.norm(points - start - share[:, None] * way, axis=1)


def _cells(points: np.ndarray) -> np.ndarray:
    """The middles (k,2), right and forward, of the cells that points (m,3) are in."""
    places = np.stack([points[:, 0], -points[:, 2]], 1)
    return np.unique(np.round(places / CELL).astype(int), axis=0) * CELL


def _disc(radius: float) -> np.ndarray:
    """(k,2): a disc's edge and middle."""
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    return np.concatenate([np.zeros((1, 2)), radius * np.stack([np.cos(turn), np.sin(turn)], 1)])


def _sphere(count: int) -> np.ndarray:
    """(count,3) directions, evenly spread: Fibonacci's spiral."""
    k = np.arange(count) + 0.5
    polar, turn = np.arccos(1 - 2 * k / count), np.pi * (1 + 5**0.5) * k
    return np.stack([np.cos(turn) * np.sin(polar), np.sin(turn) * np.sin(polar), np.cos(polar)], 1)
