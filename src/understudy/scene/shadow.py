"""The shadow of a person on the floor of a room: soft, of a sky that is alike all around, and of a
lamp or window, wherever the photo says that it may be.

How much of the light a point of the floor gets is the mean, over the directions of it, of whether
the body is in the way: each direction's footprint of the body is drawn onto a plan of the floor.
What touches the floor takes more: no light reaches there from anywhere.
"""

import math
from dataclasses import dataclass

import cv2
import numba as nb
import numpy as np

from understudy.artifacts.room import Light, Room
from understudy.room.lamp import HEIGHT
from understudy.scene.framing import Framing

DIRECTIONS = 24  # 0.02 of the light off what 400 give
LOWEST = 25.0  # degrees: light that falls flatter is left out; its shadows are long and faint
CELL = 0.02  # m of the plan
AROUND = 1.5  # m of floor around a motion; a shadow farther away is faint
_GROWN = 2  # cells: twice as many may lie between two points of a surface
_SPECKS = 7  # px of the masks: what differs from most about it is noise of the depth
_BLUR = 1.0  # cells

# How much of a floor's light comes from above, if nothing is known, and its standard error.
USUAL_STRENGTH, USUAL_SIGMA = 0.75, 0.2
FURNITURE_SIGMA = 0.2  # how far off what a person takes that is which furniture takes

# A lamp or window.
LAMP = 0.5  # of a floor's light
_LONGEST = 0.7  # m a metre of height: flatter light comes from broad windows, and is not alone

_TOUCH, _TOUCH_TAKES, _TOUCH_BLUR = 0.2, 0.5, 2.0  # m over the floor, of its light, cells
_BELOW = np.zeros((1, 2), np.float32)  # the shift of what touches: straight down


def strength_of(light: Light) -> float:
    """The share of a floor's light that somebody can take, by what a photo shows of it beside its
    furniture, weighed against what is usual."""
    seen = 1 / (light.shadow_sigma**2 + FURNITURE_SIGMA**2)
    usual = 1 / USUAL_SIGMA**2
    return (seen * light.shadow + usual * USUAL_STRENGTH) / (seen + usual)


@dataclass(frozen=True)
class Rays:
    """Where light comes from. shifts (k,2) f32: how far, m a metre of height, a point's shadow lies
    to the right and forward, k < 64; shares (k,) f32: of a floor's light; lamp: what they are in
    sum of one side."""

    shifts: np.ndarray
    shares: np.ndarray
    lamp: float

    @staticmethod
    def of(light: Light, place: np.ndarray) -> "Rays":
        """An even sky, and a lamp wherever it may be. place (2,): floor point of who casts the
        shadow."""
        strength = strength_of(light)
        if not light.lamps:
            return Rays(_SKY, np.full(DIRECTIONS, strength * _SKY_SHARE, np.float32), 0.0)
        away = place - np.array(light.lamps)
        run = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
        shifts = away / run * np.minimum(run / HEIGHT, _LONGEST)
        sky = np.full(DIRECTIONS, (1 - LAMP) * strength * _SKY_SHARE)
        shares = np.concatenate([sky, np.full(len(shifts), LAMP / len(shifts))])
        shifts = np.concatenate([_SKY, shifts])
        return Rays(shifts.astype(np.float32), shares.astype(np.float32), LAMP)


@dataclass(frozen=True)
class ShadedFloor:
    """The part of a frame that a motion's shadow can fall on.

    box: its rows and columns; x, y (h,w) f32: the cell of the plan that each of its pixels shows;
    shown (h,w) f32: how much of it is floor. low (2,): right and forward, m, of the plan's corner;
    cells: how many it has along both. rays: its light.
    """

    box: tuple[slice, slice]
    x: np.ndarray
    y: np.ndarray
    shown: np.ndarray
    low: np.ndarray
    cells: tuple[int, int]
    rays: Rays

    @staticmethod
    def of(room: Room, framing: Framing, places: np.ndarray) -> "ShadedFloor":
        """places (k,2): floor points, right and forward, m, between which somebody moves."""
        low, high = places.min(0) - AROUND, places.max(0) + AROUND
        cells = np.ceil((high - low) / CELL).astype(int)
        place = room.camera.floor_along(framing.rays(room.camera.focal))
        x, y = np.moveaxis((place - low) / CELL - 0.5, -1, 0)
        whole = cv2.medianBlur(room.floor.astype(np.uint8), _SPECKS)
        shown = framing.shown_of(whole.astype(np.float32), room.camera, cv2.INTER_LINEAR)
        inside = (x >= 0) & (x < cells[0] - 1) & (y >= 0) & (y < cells[1] - 1) & (shown > 0)
        box = _bounds(inside)
        shown = np.where(inside, shown, 0.0)[box].astype(np.float32)
        x, y = (np.where(inside, cell, -10.0)[box].astype(np.float32) for cell in (x, y))
        rays = Rays.of(room.light, (low + high) / 2)
        return ShadedFloor(box, x, y, shown, low, (cells[0], cells[1]), rays)

    def darkness(self, points: np.ndarray) -> np.ndarray:
        """(h,w) f32 of the box: the share of the light that a body's surface points (n,3) take:
        right and forward on the room's floor, and up, m."""
        if not self.shown.size:
            return self.shown
        points = (points - np.array([*self.low, 0.0])).astype(np.float32)
        plan, count = np.zeros(self.cells[::-1], np.uint64), len(self.rays.shifts)
        _mark(points, self.rays.shifts, np.float32(CELL), 0, plan)
        _mark(points[points[:, 2] < _TOUCH], _BELOW, np.float32(CELL), count, plan)
        plan = closed(plan)
        taken = cv2.GaussianBlur(_summed(plan, self.rays.shares), (0, 0), _BLUR)
        touches = (plan >> np.uint64(count)).astype(np.float32)
        touched = cv2.GaussianBlur(touches, (0, 0), _TOUCH_BLUR)
        dark = 1 - (1 - np.minimum(taken, 1)) * (1 - _TOUCH_TAKES * touched)
        return self.shown * cv2.remap(
            dark, self.x, self.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
        )

    def shade(self, frame: np.ndarray, darkness: np.ndarray) -> None:
        """Take the light that is missing off a frame (H,W,3) uint8."""
        _darken(frame[self.box], darkness)


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


_SKY, _SKY_SHARE = _sky()


def closed(plan: np.ndarray) -> np.ndarray:
    """A plan (rows,columns) of bits without the gaps between the points of a surface: a
    morphological closing of all of its bits at once."""
    for operation in (np.bitwise_or, np.bitwise_and):
        for _ in range(2):
            narrow, plan = plan.T, plan.T.copy()
            for step in range(1, _GROWN + 1):
                operation(plan[step:], narrow[:-step], out=plan[step:])
                operation(plan[:-step], narrow[step:], out=plan[:-step])
    return plan


_compiled = nb.njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def _mark(points, shifts, cell, first, plan):
    """Set the bits from `first` on of a plan (rows,columns) uint64 where points (n,3) lie along
    each of the shifts (k,2)."""
    rows, columns = plan.shape
    x, y = points[:, 0] / cell, points[:, 1] / cell
    height = np.maximum(points[:, 2], np.float32(0)) / cell
    row, column = np.empty((2, len(points)), np.int32)
    for k in range(len(shifts)):
        bit = np.uint64(1) << np.uint64(first + k)
        for i in range(len(points)):  # apart from the next loop, so that LLVM makes it SIMD
            column[i] = np.int32(np.floor(x[i] + height[i] * shifts[k, 0]))
            row[i] = np.int32(np.floor(y[i] + height[i] * shifts[k, 1]))
        for i in range(len(points)):
            if 0 <= column[i] < columns and 0 <= row[i] < rows:
                plan[row[i], column[i]] |= bit


@_compiled
def _summed(plan, shares):
    """(rows,columns) f32: the sum of the shares (k,) f32 of those of a plan's first k bits that are
    set."""
    total = np.zeros(plan.shape, np.float32)
    for r in range(plan.shape[0]):
        for c in range(plan.shape[1]):
            bits = plan[r, c]
            for k in range(len(shares)):
                if bits == 0:
                    break
                if bits & np.uint64(1):
                    total[r, c] += shares[k]
                bits >>= np.uint64(1)
    return total


@_compiled
def _darken(picture, darkness):
    """Take the light that is missing, darkness (h,w) f32, off a picture (h,w,3) uint8."""
    for y in range(picture.shape[0]):
        for x in range(picture.shape[1]):
            if darkness[y, x] == 0:
                continue
            left = np.float32(1) - darkness[y, x]
            for c in range(3):
                value = np.float32(picture[y, x, c]) * left + np.float32(0.5)
                picture[y, x, c] = np.uint8(value)
