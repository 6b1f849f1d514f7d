"""The shadow on a room's floor, against what geometry says of it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from understudy.artifacts.room import Light, Room, RoomCamera
from understudy.room.spots import find_spots
from understudy.scene.framing import Framing
from understudy.scene.shadow import LOWEST, USUAL_STRENGTH, Rays, ShadedFloor, closed, strength_of

CAMERA = RoomCamera(640, 480, 420.0, -14.0, 1.0, 5.0, 1.4)
# All of the light comes from above, from no lamp.
FULL = Light((1.0, 1.0, 1.0), 1.0, 1e-6, 0.1, 0.1, ())
PLACE = np.array([[0.2, 3.0]])


def room_with(light: Light) -> Room:
    small = CAMERA.resized(320, 240)
    floor = np.isfinite(small.floor_depth()) & (small.floor_depth() < 8)
    return Room(CAMERA, floor, floor, find_spots(floor, small), light, {"refused": None})


@pytest.fixture
def floor() -> ShadedFloor:
    room = room_with(FULL)
    return ShadedFloor.of(room, Framing.of(CAMERA, 640, 480, "cover"), PLACE)


def disc(radius: float, height: float) -> np.ndarray:
    """Points of a level disc above PLACE."""
    steps = np.arange(-radius, radius + 0.005, 0.01)
    right, forward = np.meshgrid(steps, steps)
    inside = np.hypot(right, forward) <= radius
    middle = PLACE[0]
    return np.stack(
        [right[inside] + middle[0], forward[inside] + middle[1], np.full(inside.sum(), height)], 1
    )


def at(floor: ShadedFloor, darkness: np.ndarray, place: np.ndarray) -> float:
    """The darkness in the pixel that shows a place of the floor."""
    x, y = CAMERA.project(CAMERA.in_space(place))
    return float(darkness[int(y) - floor.box[0].start, int(x) - floor.box[1].start])


@pytest.mark.parametrize(("radius", "height"), [(0.3, 0.5), (0.4, 0.3), (0.2, 0.6)])
def test_below_a_disc_the_sky_is_missing_that_it_hides(floor, radius, height):
    """Of an even sky, a level floor misses sin² of the angle that the disc's edge is seen at."""
    hidden = radius**2 / (radius**2 + height**2)
    hidden = min(hidden, np.cos(np.radians(LOWEST)) ** 2)
    strength = strength_of(FULL)
    dark = floor.darkness(disc(radius, height))
    assert at(floor, dark, PLACE[0]) == pytest.approx(hidden * strength, abs=0.07)


def test_all_directions_are_closed_at_once_as_opencv_closes_each():
    footprints = np.random.default_rng(0).random((40, 30, 37)) < 0.1
    bits = np.arange(40, dtype=np.uint64)
    plan = (footprints * (np.uint64(1) << bits)[:, None, None]).sum(0, dtype=np.uint64)
    found = closed(plan)
    for bit, footprint in zip(bits, footprints, strict=True):
        alone = cv2.morphologyEx(footprint.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5)))
        assert np.array_equal(found >> bit & np.uint64(1), alone)


def test_what_lies_on_the_floor_takes_nothing_beside_it(floor):
    dark = floor.darkness(disc(0.1, 0.0))
    assert at(floor, dark, PLACE[0]) > 0.6
    assert at(floor, dark, PLACE[0] + (0.4, 0.0)) < 1e-3


def test_nothing_but_floor_is_shaded():
    room = room_with(FULL)
    small = room.small
    columns = np.arange(small.width)[None].repeat(small.height, 0)
    x, _ = small.project(small.in_space(PLACE[0]))
    half = replace(room, floor=room.floor & (columns < x))
    framing = Framing.of(CAMERA, 640, 480, "cover")
    floor = ShadedFloor.of(half, framing, PLACE)
    photo = np.full((480, 640, 3), 200, np.uint8)
    frame = photo.copy()
    floor.shade(frame, floor.darkness(disc(0.4, 0.1)))
    changed = (frame != photo).any((0, 2))
    assert changed[: int(2 * x) - 6].any() and not changed[int(2 * x) + 6 :].any()


def test_specks_of_the_floors_mask_leave_no_light_in_the_shadow():
    room = room_with(FULL)
    specks = np.random.default_rng(0).random(room.floor.shape) < 0.2
    framing = Framing.of(CAMERA, 640, 480, "cover")
    dark, specked = (
        ShadedFloor.of(one, framing, PLACE).darkness(disc(0.4, 0.1))
        for one in (room, replace(room, floor=room.floor & ~specks))
    )
    assert np.abs(dark - specked)[dark > 0.3].max() < 0.1


@pytest.mark.parametrize("resize", ["cover", "contain"])
def test_the_shadow_is_where_the_frame_shows_its_place(resize):
    framing = Framing.of(CAMERA, 300, 400, resize)
    floor = ShadedFloor.of(room_with(FULL), framing, PLACE)
    dark = floor.darkness(disc(0.15, 0.0))
    rows, columns = np.nonzero(dark > 0.3)
    point = CAMERA.in_space(PLACE[0])
    x, y = (framing.K(CAMERA.focal) @ point)[:2] / point[2]
    assert columns.mean() + floor.box[1].start == pytest.approx(x, abs=2)
    assert rows.mean() + floor.box[0].start == pytest.approx(y, abs=2)


def test_what_a_photo_shows_of_its_light_is_weighed():
    certain = Light((1.0, 1.0, 1.0), 0.1, 0.01, 0.1, 0.1, ())
    unsure = replace(certain, shadow_sigma=1.0)
    assert strength_of(certain) == pytest.approx((0.1 + USUAL_STRENGTH) / 2, abs=0.01)
    assert USUAL_STRENGTH > strength_of(unsure) > 0.95 * USUAL_STRENGTH


def test_a_motion_out_of_the_picture_has_no_shadow():
    room = room_with(FULL)
    framing = Framing.of(CAMERA, 640, 480, "cover")
    floor = ShadedFloor.of(room, framing, PLACE + np.array([60.0, 0.0]))
    photo = np.full((480, 640, 3), 200, np.uint8)
    frame = photo.copy()
    floor.shade(frame, floor.darkness(disc(0.2, 0.2)))
    assert np.array_equal(frame, photo)


@pytest.mark.parametrize("towards", [(1.0, 0.0), (0.0, -1.0), (-0.7, 0.7)])
def test_a_shadow_falls_away_from_the_lamp(towards):
    framing = Framing.of(CAMERA, 640, 480, "cover")
    beside = PLACE[0] + 1.4 * np.array(towards)
    lamp = replace(FULL, lamps=((float(beside[0]), float(beside[1])),))
    raised = disc(0.3, 1.0)
    away = PLACE[0] - 0.6 * np.array(towards)
    dark = {}
    for name, light in (("lamp", lamp), ("sky", FULL)):
        floor = ShadedFloor.of(room_with(light), framing, PLACE)
        dark[name] = at(floor, floor.darkness(raised), away)
        opposite = at(floor, floor.darkness(raised), PLACE[0] + 0.6 * np.array(towards))
        if name == "lamp":
            assert dark[name] > 2 * opposite
    assert dark["lamp"] > 1.5 * dark["sky"]


def test_a_shadow_is_as_long_as_the_lamp_is_low():
    overhead, beside, far = (
        np.linalg.norm(Rays.of(replace(FULL, lamps=((x, 3.0),)), np.array([0.0, 3.0])).shifts[-1])
        for x in (0.01, 0.92, 9.0)
    )
    assert overhead < 0.01 and beside == pytest.approx(0.92 / 2.3) and beside < far < 1


def test_a_lamp_that_may_be_anywhere_is_a_sky():
    around = [(3 * np.sin(turn), 3 * np.cos(turn)) for turn in np.linspace(0, 2 * np.pi, 12, False)]
    shifts = Rays.of(replace(FULL, lamps=tuple(around)), np.zeros(2)).shifts
    assert np.abs(shifts.mean(0)).max() < 0.05


def test_what_touches_the_floor_is_darkest_there(floor):
    dark = floor.darkness(disc(0.1, 0.02))
    assert at(floor, dark, PLACE[0]) > at(floor, floor.darkness(disc(0.1, 0.25)), PLACE[0]) + 0.1
