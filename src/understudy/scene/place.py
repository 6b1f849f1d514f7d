"""Where in a room a motion takes place: on free floor, whole in the picture, seen as it was."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from understudy.artifacts.room import Room, RoomCamera
from understudy.body.pose import Pose
from understudy.room.spots import LEAST_FREE, covered
from understudy.scene.footprint import Needs
from understudy.scene.framing import Framing
from understudy.scene.performance import Performance, about_up, moved
from understudy.scene.standing import hidden_share
from understudy.scene.surfaces import surface_at

NEAREST, FARTHEST, ASIDE, STEP = 1.6, 6.0, 3.0, 0.15  # m: the places that are tried
TURNS = (0.0, 10.0, -10.0, 20.0, -20.0)  # degrees that a motion may be turned, if it must
AHEAD = 0.4  # m: nothing is nearer to the camera's plane
LEAST_SEAT = 0.8  # of what somebody rests on
MOST_HIDDEN = 0.35  # of a motion's farthest points

# What makes a place worse: e-folds of distance, of frames' widths from the middle, of degrees, of
# what is hidden.
_ASIDE, _TURN, _HIDDEN = 0.3, 0.01, 1.0


@dataclass(frozen=True)
class Place:
    """right, forward: m on a room's floor from the point below its camera; turn: rad, by which a
    motion's axes are turned to the right from the camera's. lacks: what the motion does not have
    there, "" if nothing."""

    right: float
    forward: float
    turn: float
    lacks: str

    def of(self, cells: np.ndarray) -> np.ndarray:
        """Places (k,2) of a motion's floor, right and forward, m, on the room's."""
        places = np.array([[self.right, self.forward]])
        return _about(places, cells, np.array([self.turn]))[0]


def find_place(room: Room, framing: Framing, performance: Performance, needs: Needs) -> Place:
    """The best place for a motion in a room, seen in the frame of a video.

    Near the distance at which the motion was filmed, in the middle, turned so that the performer is
    seen from the side that the reference shows; a motion may be turned a little more to fit. If no
    place has all that it needs, the one that has most of it, and `lacks` says what is missing.
    """
    places = _places()
    bearings = np.arctan2(places[:, 0], places[:, 1])
    wanted = np.abs(np.log(np.hypot(*places.T) / max(performance.distance, NEAREST)))
    best: tuple[float, Place] | None = None
    for extra in TURNS:
        turns = bearings - performance.bearing + math.radians(extra)
        floor = _share(room.free, room.small, _about(places, needs.floor, turns), 0.0)
        extremes = _raised(room.camera, places, turns, needs.extremes)
        seen, aside = _in_frame(room.camera, framing, places, extremes)
        hidden = hidden_share(room, extremes)
        seat = _seated(room, places, turns, needs)
        lacking = np.maximum(LEAST_FREE - floor, 0) + (1 - seen) + np.maximum(LEAST_SEAT - seat, 0)
        lacking += np.maximum(hidden - MOST_HIDDEN, 0)
        cost = 100 * lacking + wanted + _ASIDE * aside + _TURN * abs(extra) + _HIDDEN * hidden
        at = int(cost.argmin())
        if best is None or cost[at] < best[0]:
            lacks = _lacks(floor[at], seen[at], hidden[at], seat[at], needs)
            right, forward, turn = map(float, (*places[at], turns[at]))
            best = float(cost[at]), Place(right, forward, turn, lacks)
    assert best is not None
    return best[1]


def in_room(performance: Performance, place: Place, camera: RoomCamera) -> Pose:
    """The motion at a place, in the space of the room's camera."""
    axes = camera.axes.T
    rotation = torch.from_numpy(axes @ about_up(place.turn)).float()
    floor = camera.in_space(np.array([place.right, place.forward]))
    shift = torch.from_numpy(floor).float()
    return moved(performance.pose, performance.body.joints[0], rotation, shift)


def _lacks(floor: float, seen: float, hidden: float, seat: float, needs: Needs) -> str:
    missing = []
    if floor < LEAST_FREE:
        missing.append(f"only {100 * floor:.0f} % of the floor that it needs is free")
    if seen < 1:
        missing.append("the whole of it is in the picture nowhere")
    if hidden > MOST_HIDDEN:
        missing.append(f"{100 * hidden:.0f} % of it is behind things")
    if seat < LEAST_SEAT and needs.rest:
        missing.append(f"nothing {needs.rest.height:.2f} m high to rest on is known")
    return "; ".join(missing)


def _places() -> np.ndarray:
    """(p,2): right and forward, m."""
    across = np.arange(-ASIDE, ASIDE + STEP / 2, STEP)
    return np.stack(np.meshgrid(across, np.arange(NEAREST, FARTHEST, STEP)), -1).reshape(-1, 2)


def _about(places: np.ndarray, cells: np.ndarray, turns: np.ndarray) -> np.ndarray:
    """(p,k,2): cells (k,2) of a motion's floor on a room's, at places (p,2) and turned by (p,)."""
    c, s = np.cos(turns)[:, None], np.sin(turns)[:, None]
    right, forward = cells[:, 0], cells[:, 1]
    return places[:, None] + np.stack([c * right + s * forward, c * forward - s * right], -1)


def _share(mask: np.ndarray, camera: RoomCamera, floor: np.ndarray, height: float) -> np.ndarray:
    """(p,): how much of floor points (p,k,2), raised by `height` m, lies on a mask (h,w)."""
    return covered(mask, camera, floor, height).mean(1)


def _seated(room: Room, places: np.ndarray, turns: np.ndarray, needs: Needs) -> np.ndarray:
    """(p,): how much there is of what the motion rests on."""
    if needs.rest is None:
        return np.ones(len(places))
    if room.depth is None:
        return np.zeros(len(places))
    surface = surface_at(room, needs.rest.height)
    cells = _about(places, needs.rest.cells, turns)
    return _share(surface, room.small, cells, needs.rest.height)


def _raised(
    camera: RoomCamera, places: np.ndarray, turns: np.ndarray, points: np.ndarray
) -> np.ndarray:
    """(p,j,3) m: a motion's points (j,3) in the camera's space, at places and turned."""
    flat = np.stack([points[:, 0], -points[:, 2]], 1)
    return camera.in_space(_about(places, flat, turns)) + points[:, 1:2] * camera.axes[1]


def _in_frame(
    camera: RoomCamera, framing: Framing, places: np.ndarray, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(p,) how much of points (p,j,3) in the camera's space the frame shows; (p,) how far the place
    is from the frame's middle, in widths."""
    slopes = points[..., :2] / np.maximum(points[..., 2:], 1e-6)
    ends = np.array(framing.shown) / 2 / (np.array(framing.scale) * camera.focal)
    seen = ((np.abs(slopes) <= ends).all(-1) & (points[..., 2] > AHEAD)).mean(1)
    middle = camera.in_space(places)
    aside = np.abs(middle[:, 0] / np.maximum(middle[:, 2], 1e-6)) / (2 * ends[0])
    return seen, aside
