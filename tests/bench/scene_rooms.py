"""What is found in the photos of one room of the demo world, and how people who are set into them
compare with films of people really there."""

import time
from dataclasses import dataclass, replace

import cv2
import numpy as np

from tests.bench.scene_film import CAST, SIZE, Score, actor, score
from tests.bench.scene_world import (
    REPORTED_ON,
    Photo,
    has_room,
    true_free,
    with_floor,
    without_floor,
)
from understudy.artifacts.room import Room
from understudy.room.calibrate import calibrate
from understudy.room.spots import LEAST_FREE
from understudy.room.told import Told
from understudy.scene.footprint import Needs
from understudy.scene.framing import Framing
from understudy.scene.performance import Performance
from understudy.scene.place import find_place

CAMERAS, NO_FLOOR_CAMERAS = 10, 16  # in each room
SEED = 21
DISTANCE = 3.0  # m: where a reference's performer usually is
DISC = 0.35 * np.stack(
    [f(np.linspace(0, 2 * np.pi, 24, endpoint=False)) for f in (np.cos, np.sin)], 1
)
BODY = np.array([(x, y) for y in np.arange(0.1, 1.75, 0.1) for x in (-0.2, 0.0, 0.2)])  # m
STANDING = Needs(DISC, np.column_stack([BODY, np.zeros(len(BODY))]), None)
BEHIND = 0.05  # m: what is nearer than a body by more hides it
HIDDEN = 0.02  # of a body


@dataclass(frozen=True)
class Calibrated:
    """A photo, what was found in it, and how much processor time that took, s."""

    photo: Photo
    room: Room
    seconds: float

    @staticmethod
    def of(photo: Photo, told: Told) -> "Calibrated":
        start = time.process_time()
        room = calibrate(photo.view.rgb, told)
        return Calibrated(photo, room, time.process_time() - start)

    def found(self) -> "Found":
        camera, truth = self.room.camera, self.photo.truth
        found, true = self.room.free, true_free(self.photo, self.room.free.shape)
        both, taken = (found & true).sum(), self.room.refused is None
        return Found(
            pitch_off=abs(camera.pitch - truth.pitch),
            focal_off=100 * abs(camera.focal / truth.focal - 1),
            iou=both / max((found | true).sum(), 1),
            precision=both / max(found.sum(), 1),
            has_room=has_room(self.photo),
            taken=taken,
            right=self._placed_right() if taken else None,
            seconds=self.seconds,
        )

    def _placed_right(self) -> bool:
        """Whether somebody who only stands is set onto floor, and not hidden by anything."""
        h, w = self.room.free.shape
        framing = Framing.of(self.room.camera, SIZE, SIZE, "cover")
        place = find_place(self.room, framing, _somebody(), STANDING)
        at, small = np.array([place.right, place.forward]), self.room.small
        pixels = small.project(small.in_space(at + DISC))
        inside = pixels[((pixels >= 0) & (pixels < (w, h))).all(1)].astype(int)
        floor = cv2.resize(self.photo.view.floor.astype(np.uint8), (w, h)) > 0
        if floor[inside[:, 1], inside[:, 0]].mean() < LEAST_FREE:
            return False
        return self._hidden(small.project(small.in_space(at))) < HIDDEN

    def _hidden(self, feet: np.ndarray) -> float:
        """The share that is hidden of somebody whose feet are at a pixel of the masks."""
        truth, depth = self.photo.truth, self.photo.view.depth
        scale = truth.width / self.room.free.shape[1]
        ray = np.array([*(feet * scale - [truth.width / 2, truth.height / 2]) / truth.focal, 1.0])
        right, up, _ = truth.axes
        ground = ray * truth.above / -(ray @ up)
        points = ground + BODY[:, :1] * right + BODY[:, 1:] * up
        pixels = truth.project(points).astype(int)
        seen = ((pixels >= 0) & (pixels < (truth.width, truth.height))).all(1)
        nearest = depth[pixels[seen, 1], pixels[seen, 0]]
        return float((nearest < points[seen, 2] - BEHIND).mean()) if seen.any() else 1.0


def _somebody() -> Performance:
    """Of whom only where they were filmed counts."""
    return replace(actor(0).motion, distance=DISTANCE, bearing=0.0)


@dataclass(frozen=True)
class Found:
    """How far off a photo's camera and free floor are: pitch_off, degrees; focal_off, percent; iou
    and precision of the free floor. has_room: somebody could stand in it; taken: it is not refused;
    right: somebody is placed right in it, if it is taken; seconds: of processor time."""

    pitch_off: float
    focal_off: float
    iou: float
    precision: float
    has_room: bool
    taken: bool
    right: bool | None
    seconds: float


@dataclass(frozen=True)
class Measured:
    """Of one room. across: photos across it; no_floor_taken: of each that shows next to no floor,
    whether it is taken; given, guessed: people set into the photos that are taken and have a place,
    the height of the camera given or not; taken: photos (h,w,3) that are taken if it is given, and
    what was found in them."""

    across: list[Found]
    no_floor_taken: list[bool]
    given: list[Score]
    guessed: list[Score]
    taken: list[tuple[np.ndarray, Room]]


def measured(name: str) -> Measured:
    """Of the room of that name, with cameras that nothing was tuned on."""
    photos = list(with_floor([name], CAMERAS, SEED, painted=False))
    others = without_floor([name], NO_FLOOR_CAMERAS, SEED + 1, painted=False)
    guessed = [Calibrated.of(photo, Told()) for photo in photos]
    given = [Calibrated.of(photo, Told(camera_height=photo.truth.above)) for photo in photos]
    first = CAMERAS * REPORTED_ON.index(name)
    return Measured(
        across=[one.found() for one in guessed],
        no_floor_taken=[calibrate(photo.view.rgb, Told()).refused is None for photo in others],
        given=_filmed(given, first),
        guessed=_filmed(guessed, first),
        taken=[(one.photo.view.rgb, one.room) for one in given if one.room.refused is None],
    )


def _filmed(rooms: list[Calibrated], first: int) -> list[Score]:
    """Of people in turn; `first`: the number of the first photo."""
    each = [
        score(one.photo, one.room, actor((first + k) % len(CAST))) for k, one in enumerate(rooms)
    ]
    return [one for one in each if one is not None]
