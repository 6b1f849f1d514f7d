"""The shadow on a room's floor, against what geometry says of it."""

from dataclasses import replace

import numpy as np
import pytest

from understudy.artifacts.room import Light, Room, RoomCamera
from understudy.room.spots import find_spots
from understudy.scene.framing import Framing
from understudy.scene.shadow import LOWEST, USUAL_STRENGTH, Rays, ShadedFloor, strength_of

CAMERA = RoomCamera(640, 480, 420.0, -14.0, 1.0, 5.0, 1.4)
# All of the light comes from above, none more from one side.
FULL = Light((1.0, 1.0, 1.0), 1.0, 1e-6, 0.1, 0.1, (0.0, 0.0), 0.01)
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
    shaded = floor.shaded(photo, floor.darkness(disc(0.4, 0.1)))
    changed = (shaded != photo).any((0, 2))
    assert changed[: int(2 * x) - 6].any() and not changed[int(2 * x) + 6 :].any()


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
    certain = Light((1.0, 1.0, 1.0), 0.1, 0.01, 0.1, 0.1, (0.0, 0.0), 1.0)
    unsure = replace(certain, shadow_sigma=1.0)
    assert strength_of(certain) == pytest.approx((0.1 + USUAL_STRENGTH) / 2, abs=0.01)
    assert USUAL_STRENGTH > strength_of(unsure) > 0.95 * USUAL_STRENGTH


def test_a_motion_out_of_the_picture_has_no_shadow():
    room = room_with(FULL)
    framing = Framing.of(CAMERA, 640, 480, "cover")
    floor = ShadedFloor.of(room, framing, PLACE + np.array([60.0, 0.0]))
    photo = np.full((480, 640, 3), 200, np.uint8)
    assert np.array_equal(floor.shaded(photo, floor.darkness(disc(0.2, 0.2))), photo)


@pytest.mark.parametrize("towards", [(1.0, 0.0), (0.0, -1.0), (-0.7, 0.7)])
def test_a_shadow_falls_away_from_where_the_floor_is_lighter(towards):
    framing = Framing.of(CAMERA, 640, 480, "cover")
    lamp = replace(FULL, slope=(0.1 * towards[0], 0.1 * towards[1]), slope_sigma=0.01)
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


def test_a_slope_in_doubt_or_too_steep_is_no_lamp():
    for slope in (0.1, 0.6):  # in doubt; so steep that it is an edge of something
        unsure = replace(FULL, slope=(slope, 0.0), slope_sigma=0.05)
        assert Rays.of(unsure).lamp == 0
        np.testing.assert_array_equal(Rays.of(unsure).shifts, Rays.of(FULL).shifts)


def test_what_touches_the_floor_is_darkest_there(floor):
    dark = floor.darkness(disc(0.1, 0.02))
    assert at(floor, dark, PLACE[0]) > at(floor, floor.darkness(disc(0.1, 0.25)), PLACE[0]) + 0.1
