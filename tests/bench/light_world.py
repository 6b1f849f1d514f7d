"""Photos of the demo's rooms whose depth a network tells, and where people stand in them: on free
floor and behind furniture."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from tests.bench.scene_world import Photo
from understudy.artifacts.room import LONGER_SIDE, Room, RoomCamera
from understudy.demo.camera import tilted_camera
from understudy.demo.room_view import Lens, view_room
from understudy.demo.rooms import ROOMS, make_room
from understudy.demo.rooms import Room as DemoRoom
from understudy.room.calibrate import calibrate
from understudy.room.depth import Nearness
from understudy.room.told import Told
from understudy.scene.blend import Texture
from understudy.scene.framing import Framing
from understudy.scene.occlusion import Furniture
from understudy.scene.place import Place

SIZE = (640, 480)
NOISE = 0.02  # of the inverse depth; half of its variance in each pixel, half over SMOOTH of them
SMOOTH = 6.0  # px
BLURRED = 0.8  # px of the masks: how soft a network draws edges
EXPOSURE, TINT = 0.15, 0.06  # standard deviations of the logarithm, of a photo's own exposure
CELL, HALF = 0.04, 3.6  # m of the plan of what stands about
CLEAR = 0.26  # m around a person
HIDDEN = (0.15, 0.7)  # of who stands behind things
BILLBOARD = np.array([(x, y) for y in np.arange(0.05, 1.75, 0.1) for x in (-0.2, 0.0, 0.2)])
BEHIND = 0.15  # m: what is so much nearer hides a billboard
TRIES = 400


@dataclass(frozen=True)
class Seen:
    """A photo with its own exposure, and the room that is found in it, its camera's height given,
    with depth. gain (3,): the exposure; bare (h,w,3) uint8: the photo without it."""

    photo: Photo
    room: Room
    gain: np.ndarray
    bare: np.ndarray

    @cached_property
    def framing(self) -> Framing:
        """All of it."""
        return Framing.of(self.room.camera, *SIZE, "cover")

    @cached_property
    def furniture(self) -> Furniture | None:
        """What a job finds that hides somebody."""
        return Furniture.of(self.room, self.framing, self.photo.view.rgb)

    @cached_property
    def texture(self) -> Texture:
        return Texture.of(self.photo.view.rgb)


def photos(rooms: list[str], each: int, seed: int) -> Iterator[Photo]:
    """`each` photos of each room across its free middle: from 1 to 1.8 m, tilted down by 5 to 20°,
    50 to 70° wide, roll σ 1°."""
    for name in rooms:
        rng = np.random.default_rng([seed, list(ROOMS).index(name)])
        half = 1.0 if name == "hallway" else 1.5
        room = make_room(name)
        for _ in range(each):
            place = np.array([rng.uniform(-half, half), rng.uniform(1.0, 1.8), rng.uniform(2, 3.2)])
            yaw = np.degrees(np.arctan2(-place[0], 3.4)) + rng.uniform(-18, 18)
            pitch, roll, fov = rng.uniform(-20, -5), rng.normal(0, 1.0), rng.uniform(50, 70)
            lens = Lens(tilted_camera(place, pitch, roll, yaw, fov, *SIZE))
            focal = SIZE[0] / 2 / np.tan(np.radians(fov) / 2)
            truth = RoomCamera(*SIZE, focal, pitch, roll, (yaw + 45) % 90 - 45, place[1])
            yield Photo(room, view_room(room, lens), lens, truth)


def seen(photo: Photo, rng: np.random.Generator) -> Seen:
    """The photo as somebody's camera exposes it, calibrated."""
    gain = np.exp(rng.normal(0, EXPOSURE) + rng.normal(0, TINT, 3))
    rgb = np.clip(photo.view.rgb * gain + 0.5, 0, 255).astype(np.uint8)
    view = replace(photo.view, rgb=rgb)
    told = Told(camera_height=photo.truth.above)
    room = calibrate(rgb, told, None, nearness(photo.view.depth, rng))
    return Seen(replace(photo, view=view), room, gain, photo.view.rgb)


def nearness(depth: np.ndarray, rng: np.random.Generator) -> Nearness:
    """What a network says of a picture of true depth (h,w) m: up to scale and shift, with noise."""
    h, w = depth.shape
    small = (LONGER_SIDE, round(LONGER_SIDE * h / w))
    near = np.divide(1, depth, out=np.zeros_like(depth), where=np.isfinite(depth))
    near = cv2.GaussianBlur(cv2.resize(near, small, interpolation=cv2.INTER_AREA), (0, 0), BLURRED)
    white, smooth = (rng.standard_normal(near.shape).astype(np.float32) for _ in range(2))
    smooth = cv2.GaussianBlur(smooth, (0, 0), SMOOTH)
    noise = NOISE * np.sqrt(0.5) * (white + smooth / smooth.std())
    scale, shift = rng.uniform(0.5, 20), rng.uniform(0, 2)
    return Nearness((near * (1 + noise) * scale + shift).astype(np.float32), in_metres=False)


def occupied(room: DemoRoom) -> np.ndarray:
    """(n,n) bool: whether anything is between 6 cm and 1.9 m above a cell of the floor, by z, x."""
    side = round(2 * HALF / CELL)
    plan, rng = np.zeros((side, side), bool), np.random.default_rng(0)
    for part in room.parts:
        a, b, c = (part.points[part.triangles[:, k]] for k in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
        which = np.repeat(
            np.arange(len(area)), np.minimum(area / CELL**2 * 6 + 3, 20000).astype(int)
        )
        u, v = rng.random((2, len(which)))
        u, v = np.where(u + v > 1, (1 - u, 1 - v), (u, v))
        points = a[which] + u[:, None] * (b - a)[which] + v[:, None] * (c - a)[which]
        points = points[(points[:, 1] > 0.06) & (points[:, 1] < 1.9)]
        cells = ((points[:, [2, 0]] + HALF) / CELL).astype(int)
        cells = cells[((cells >= 0) & (cells < side)).all(1)]
        plan[cells[:, 0], cells[:, 1]] = True
    return plan


def free_floor(room: DemoRoom) -> np.ndarray:
    """(n,n) bool: where somebody can stand, of what can be walked to from the middle; by z, x."""
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (round(2 * CLEAR / CELL) | 1,) * 2)
    free = 1 - cv2.dilate(occupied(room).astype(np.uint8), around)
    _, parts = cv2.connectedComponents(free, connectivity=4)
    middle = round(HALF / CELL)
    return parts == parts[middle, middle]


def places_behind(one: Seen, count: int, rng: np.random.Generator, bearing: float) -> list[Place]:
    """Up to `count` places on truly free floor where furniture hides part of a person.

    bearing: rad, of the motion's performer when it was filmed.
    """
    open_floor = free_floor(one.photo.room)
    camera, truth = one.photo.lens.camera, one.photo.truth
    found: list[Place] = []
    for _ in range(TRIES):
        x, z = rng.uniform(-2.1, 2.1), rng.uniform(-2.2, 1.4)
        if not open_floor[int((z + HALF) / CELL), int((x + HALF) / CELL)]:
            continue
        base = camera.to_camera(np.array([[x, 0.0, z]]))[0]
        right, up, _ = truth.axes
        points = base + BILLBOARD[:, :1] * right + BILLBOARD[:, 1:] * up
        pixels = truth.project(points).astype(int)
        inside = ((pixels >= 0) & (pixels < SIZE)).all(1)
        if base[2] < 1.8 or inside.mean() < 0.9:
            continue
        nearest = one.photo.view.depth[pixels[inside, 1], pixels[inside, 0]]
        hidden = (nearest < points[inside, 2] - BEHIND).mean()
        if HIDDEN[0] < hidden < HIDDEN[1]:
            found.append(_placed(one.room.camera, truth.project(base), bearing))
            if len(found) == count:
                break
    return found


def _placed(camera: RoomCamera, pixel: np.ndarray, bearing: float) -> Place:
    """Where the floor is in a pixel, by a camera that was found."""
    middle = np.array([camera.width / 2, camera.height / 2])
    ray = np.array([*(pixel - middle) / camera.focal, 1.0])
    right, up, back = camera.axes
    point = ray * camera.above / -(ray @ up)
    place = np.array([point @ right, -(point @ back)])
    return Place(*map(float, place), float(np.arctan2(*place) - bearing), "")
