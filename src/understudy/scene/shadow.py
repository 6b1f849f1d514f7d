"""The shadow of a person on the floor of a room: soft, of a sky that is alike all around.

How much of the sky a point of the floor sees is the mean, over directions of the sky, of whether
the body is in the way: each direction's footprint of the body is drawn onto a plan of the floor.
"""

import math
from dataclasses import dataclass

import cv2
import numba as nb
import numpy as np

from understudy.artifacts.room import Light, Room
from understudy.scene.framing import Framing

DIRECTIONS = 24  # 0.02 of the light off what 400 give
LOWEST = 25.0  # degrees: light that falls flatter is left out; its shadows are long and faint
CELL = 0.02  # m of the plan
AROUND = 1.5  # m of floor around a motion; a shadow farther away is faint
_CLOSED = np.ones((5, 5), np.uint8)  # cells between the points of a surface
_BLUR = 1.0  # cells

# How much of a floor's light comes from above, if nothing is known, and its standard error.
USUAL_STRENGTH, USUAL_SIGMA = 0.6, 0.2
FURNITURE_SIGMA = 0.2  # how far off what a person takes that is which furniture takes


def strength_of(light: Light) -> float:
    """The share of a floor's light that somebody can take, by what a photo shows of it beside its
    furniture, weighed against what is usual."""
    seen = 1 / (light.shadow_sigma**2 + FURNITURE_SIGMA**2)
    usual = 1 / USUAL_SIGMA**2
    return (seen * light.shadow + usual * USUAL_STRENGTH) / (seen + usual)


@dataclass(frozen=True)
class ShadedFloor:
    """The part of a frame that a motion's shadow can fall on.

    box: its rows and columns; x, y (h,w) f32: the cell of the plan that each of its pixels shows;
    strength (h,w) f32: the share of its light that can be taken, 0 beside the floor. low (2,):
    right and forward, m, of the plan's corner; cells: how many it has along both.
    """

    box: tuple[slice, slice]
    x: np.ndarray
    y: np.ndarray
    strength: np.ndarray
    low: np.ndarray
    cells: tuple[int, int]

    @staticmethod
    def of(room: Room, framing: Framing, places: np.ndarray) -> "ShadedFloor":
        """places (k,2): floor points, right and forward, m, between which somebody moves."""
        low, high = places.min(0) - AROUND, places.max(0) + AROUND
        cells = np.ceil((high - low) / CELL).astype(int)
        right, forward, slopes = _floor(room, framing)
        x, y = (right - low[0]) / CELL - 0.5, (forward - low[1]) / CELL - 0.5
        small = room.small
        shown = cv2.remap(
            room.floor.astype(np.float32),
            (slopes[..., 0] * small.focal + small.width / 2 - 0.5).astype(np.float32),
            (slopes[..., 1] * small.focal + small.height / 2 - 0.5).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        inside = (x >= 0) & (x < cells[0] - 1) & (y >= 0) & (y < cells[1] - 1) & (shown > 0)
        box = _bounds(inside)
        strength = np.where(inside, strength_of(room.light) * shown, 0.0)[box]
        x, y = (np.where(inside, cell, -10.0)[box].astype(np.float32) for cell in (x, y))
        return ShadedFloor(box, x, y, strength.astype(np.float32), low, (cells[0], cells[1]))

    def darkness(self, points: np.ndarray) -> np.ndarray:
        """(h,w) f32 of the box: the share of the light that a body's surface points (n,3) take:
        right and forward on the room's floor, and up, m."""
        if not self.strength.size:
            return self.strength
        plan = np.zeros((len(_SHIFTS), self.cells[1], self.cells[0]), np.uint8)
        origin = np.array([*self.low, 0.0])
        _footprints((points - origin).astype(np.float32), _SHIFTS, np.float32(CELL), plan)
        taken = np.zeros(plan.shape[1:], np.float32)
        for footprint in plan:
            taken += cv2.morphologyEx(footprint, cv2.MORPH_CLOSE, _CLOSED)
        taken = cv2.GaussianBlur(taken * np.float32(_SHARE), (0, 0), _BLUR)
        return self.strength * cv2.remap(
            taken, self.x, self.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
        )

    def shaded(self, photo: np.ndarray, darkness: np.ndarray) -> np.ndarray:
        """A photo (H,W,3) uint8 in which light is missing."""
        picture = photo.copy()
        picture[self.box] = (photo[self.box] * (1 - darkness[..., None]) + 0.5).astype(np.uint8)
        return picture


def _floor(room: Room, framing: Framing) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Right and forward (h,w) m of the floor in each pixel of a frame, far off above the horizon;
    and the pixels' slopes (h,w,2) from the camera's axis."""
    camera = room.camera
    K = framing.K(camera.focal)
    across = (np.arange(framing.width) + 0.5 - K[0, 2]) / K[0, 0]
    down = (np.arange(framing.height) + 0.5 - K[1, 2]) / K[1, 1]
    slopes = np.dstack(np.meshgrid(across, down))
    rays = np.dstack([slopes, np.ones(slopes.shape[:2])])
    fall = np.maximum(-(rays @ camera.axes[1]), 1e-6)
    points = rays * (camera.above / fall)[..., None]
    return points @ camera.axes[0], -(points @ camera.axes[2]), slopes


def _bounds(inside: np.ndarray) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _sky() -> tuple[np.ndarray, float]:
    """(DIRECTIONS,2) f32: how far, in m a metre of height, a point's shadow lies to the right and
    forward; and the share of a level floor's light that each direction stands for.

    Spread evenly in the square of the sine of the angle from above, as a level floor receives
    light.
    """
    k = np.arange(DIRECTIONS) + 0.5
    received = math.cos(math.radians(LOWEST)) ** 2  # of all light, from above LOWEST
    zenith = np.arcsin(np.sqrt(received * k / DIRECTIONS))
    turn = np.pi * (3 - 5**0.5) * k
    shifts = np.tan(zenith)[:, None] * np.stack([np.sin(turn), np.cos(turn)], 1)
    return shifts.astype(np.float32), received / DIRECTIONS


_SHIFTS, _SHARE = _sky()


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _footprints(points, shifts, cell, plan):
    """Mark in plan (k,rows,columns) where points (n,3) lie along each of the shifts (k,2)."""
    _, rows, columns = plan.shape
    for k in range(len(shifts)):
        for i in range(len(points)):
            height = max(points[i, 2], np.float32(0))
            column = int(np.floor((points[i, 0] + height * shifts[k, 0]) / cell))
            row = int(np.floor((points[i, 1] + height * shifts[k, 1]) / cell))
            if 0 <= column < columns and 0 <= row < rows:
                plan[k, row, column] = 1
