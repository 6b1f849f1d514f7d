"""Photos of the demo's rooms from many cameras, with what is true of them: those that show room to
stand, and those that do not. Half of the rooms are for tuning, the others for reporting."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from understudy.artifacts.room import RoomCamera
from understudy.demo.camera import tilted_camera
from understudy.demo.room_view import Lens, RoomView, view_room
from understudy.demo.rooms import ROOMS, Room, make_room
from understudy.demo.solids import Paint
from understudy.room.floor import down_to_edge
from understudy.room.spots import find_spots

TUNED_ON, REPORTED_ON = list(ROOMS)[::2], list(ROOMS)[1::2]
SIZES = ((640, 480), (960, 540))
LITTLE_FLOOR = 0.04  # of a picture
NEAREST = 0.45  # m: no camera stands in a cupboard
MOST_DISTORTED = 0.01  # of a corner's distance


@dataclass(frozen=True)
class Photo:
    """A view of a room through a lens; truth: its camera as `RoomCamera`."""

    room: Room
    view: RoomView
    lens: Lens
    truth: RoomCamera


def with_floor(rooms: list[str], each: int, seed: int, painted: bool) -> Iterator[Photo]:
    """`each` photos of each room across its free middle, as one would take a background: from 0.9
    to 2 m, tilted down by 5 to 25°, 45 to 75° wide, roll σ 1°; every second lens distorted by up to
    1 %. painted: walls, floors and things in other colours each time."""
    for name in rooms:
        rng = np.random.default_rng([seed, list(ROOMS).index(name)])
        half = 1.2 if name == "hallway" else 1.7
        for k in range(each):
            place = rng.uniform(-half, half), rng.uniform(0.9, 2.0), rng.uniform(2.0, 3.3)
            towards = np.degrees(np.arctan2(-place[0], 3.4))
            yaw, pitch = towards + rng.uniform(-22, 22), rng.uniform(-25, -5)
            shot = Shot.drawn(place, pitch, yaw, SIZES[k % 2], rng)
            yield shot.taken(_room(name, rng, painted))


def without_floor(rooms: list[str], each: int, seed: int, painted: bool) -> Iterator[Photo]:
    """Photos that show no room to stand: of `each` cameras anywhere in each room, in any direction,
    pitched from −25 to 4°, those that see next to no floor."""
    for name in rooms:
        rng = np.random.default_rng([seed, list(ROOMS).index(name), 1])
        for _ in range(each):
            place = rng.uniform(-1.7, 1.7), rng.uniform(0.9, 1.8), rng.uniform(-1.6, 1.5)
            yaw, pitch = rng.uniform(-100, 100), rng.uniform(-25, 4)
            shot = Shot.drawn(place, pitch, yaw, SIZES[0], rng)
            room = _room(name, rng, painted)
            if _is_of_no_floor(shot.quick().taken(room)):
                yield shot.taken(room)


def true_free(photo: Photo, size: tuple[int, int]) -> np.ndarray:
    """The free floor that is really there, a mask of `size` (h,w)."""
    floor = cv2.resize(
        photo.view.floor.astype(np.uint8), size[::-1], interpolation=cv2.INTER_NEAREST
    )
    return down_to_edge(floor > 0)


def has_room(photo: Photo) -> bool:
    """Whether somebody could stand in it."""
    small = photo.truth.resized(320, round(320 * photo.truth.height / photo.truth.width))
    return len(find_spots(true_free(photo, (small.height, small.width)), small)) > 0


def _is_of_no_floor(photo: Photo) -> bool:
    depth = photo.view.depth
    if np.isfinite(depth).mean() < 0.98 or np.percentile(depth, 1) < NEAREST:
        return False
    return photo.view.floor.mean() <= LITTLE_FLOOR and not has_room(photo)


@dataclass(frozen=True)
class Shot:
    """A camera, before it sees a room."""

    camera: RoomCamera
    place: tuple[float, float, float]
    yaw: float
    distortion: float

    @staticmethod
    def drawn(
        place: tuple[float, float, float],
        pitch: float,
        yaw: float,
        size: tuple[int, int],
        rng: np.random.Generator,
    ) -> "Shot":
        roll, fov = rng.normal(0, 1.0), rng.uniform(45, 75)
        distortion = rng.uniform(-MOST_DISTORTED, MOST_DISTORTED) * rng.integers(2)
        focal = size[0] / 2 / np.tan(np.radians(fov) / 2)
        camera = RoomCamera(*size, focal, pitch, roll, (yaw + 45) % 90 - 45, place[1])
        return Shot(camera, place, yaw, distortion)

    def quick(self) -> "Shot":
        return replace(self, camera=self.camera.resized(160, 120))

    def taken(self, room: Room) -> Photo:
        c = self.camera
        fov = 2 * np.degrees(np.arctan(c.width / 2 / c.focal))
        place = np.array(self.place)
        camera = tilted_camera(place, c.pitch, c.roll, self.yaw, fov, c.width, c.height)
        lens = Lens(camera, self.distortion)
        return Photo(room, view_room(room, lens), lens, c)


def _room(name: str, rng: np.random.Generator, painted: bool) -> Room:
    return repainted(_plain(name), rng) if painted else _plain(name)


@cache
def _plain(name: str) -> Room:
    return make_room(name)


def repainted(room: Room, rng: np.random.Generator) -> Room:
    """The same room with each paint darker or lighter and of another tint."""
    paints: dict[int, Paint] = {}

    def other(paint: Paint) -> Paint:
        if id(paint) not in paints:
            gain = rng.uniform(0.6, 1.15) * rng.uniform(0.88, 1.12, 3)
            texture = paint.texture
            if texture is not None:
                texture = np.clip(texture * gain, 0, 255).astype(np.uint8)
            red, green, blue = (
                min(255, int(c * g)) for c, g in zip(paint.colour, gain, strict=True)
            )
            paints[id(paint)] = replace(paint, colour=(red, green, blue), texture=texture)
        return paints[id(paint)]

    return replace(room, parts=[replace(part, paint=other(part.paint)) for part in room.parts])
