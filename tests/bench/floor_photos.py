"""Photos of random rooms, as they are rendered and as cameras and files make them."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from tests.bench.floor_rooms import random_room
from tests.bench.scene_world import NEAREST, Photo, Shot
from understudy.artifacts.room import RoomCamera

_Rng = np.random.Generator


def random_photos(
    seed: int, rooms: range, each: int, sizes: tuple[tuple[int, int], ...]
) -> Iterator[Photo]:
    """At most `each` photos, w x h px, of each random room of these numbers: in turn one across it,
    as one would take a background, and one from anywhere in any direction."""
    for number in rooms:
        rng = np.random.default_rng([seed, number])
        room = random_room(rng)
        far = room.parts[0].points.max(0)  # of the floor
        for k in range(each):
            drawn = _across(rng, far) if k % 2 == 0 else _anywhere(rng, far)
            photo = Shot.drawn(*drawn, sizes[rng.integers(len(sizes))], rng).taken(room)
            depth = photo.view.depth
            if np.isfinite(depth).mean() > 0.98 and np.percentile(depth, 1) > NEAREST:
                yield photo


def _across(rng: _Rng, far: np.ndarray) -> tuple[tuple[float, float, float], float, float]:
    """Place, pitch and yaw of a camera."""
    x, y, z = rng.uniform(-0.75, 0.75), rng.uniform(0.9, 2.0), rng.uniform(0.3, 0.92)
    place = x * far[0], y, z * far[2]
    towards = np.degrees(np.arctan2(-place[0], place[2] + 0.3 * far[2]))
    yaw = towards + rng.uniform(-25, 25)
    return place, rng.uniform(-25, -3), yaw


def _anywhere(rng: _Rng, far: np.ndarray) -> tuple[tuple[float, float, float], float, float]:
    x, y, z = rng.uniform(-0.85, 0.85), rng.uniform(0.9, 1.9), rng.uniform(-0.85, 0.85)
    yaw = rng.uniform(-180, 180)
    return (x * far[0], y, z * far[2]), rng.uniform(-25, 4), yaw


def degraded(picture: np.ndarray, rng: _Rng) -> np.ndarray:
    """A picture (h,w,3) uint8 in another light, exposed and focused as it happens, noisy, and most
    times compressed."""
    h, w = picture.shape[:2]
    light = cv2.resize(rng.normal(0, 1, (3, 4)), (w, h), interpolation=cv2.INTER_CUBIC)
    gain = rng.uniform(0.6, 1.3) * rng.uniform(0.88, 1.12, 3)
    linear = picture / 255 * np.exp(rng.uniform(0, 0.25) * light)[..., None] * gain
    seen = np.clip(linear, 0, 1) ** rng.uniform(0.7, 1.5)
    if rng.random() < 0.5:
        seen = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.3, 1.2))
    noisy = 255 * seen + rng.normal(0, 1, seen.shape) * rng.uniform(0, 6)
    taken = np.clip(noisy, 0, 255).astype(np.uint8)
    if rng.random() < 0.7:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(40, 95))]
        taken = cv2.imdecode(cv2.imencode(".jpg", taken, quality)[1], cv2.IMREAD_COLOR)
    return taken


def jolted(camera: RoomCamera, rng: _Rng) -> RoomCamera:
    """The camera as it is found in a photo, a little off."""
    return replace(
        camera,
        focal=camera.focal * np.exp(rng.normal(0, 0.03)),
        pitch=camera.pitch + rng.normal(0, 0.5),
        roll=camera.roll + rng.normal(0, 0.2),
        walls=camera.walls + rng.normal(0, 0.5),
    )
