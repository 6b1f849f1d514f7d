"""`make bench NAME=scene`: what is found in photos of rooms, against the truth of the demo world.

The rooms and cameras reported on are none of those that anything was tuned on
(`tests/bench/scene_world.py`). A photo has room to stand if it shows a disc of 0.35 m of free
floor; photos across a room that do not count as those without floor.
"""

import time
from dataclasses import dataclass

import cv2
import numpy as np

from tests.bench.figures import Figure, write_figures
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
from understudy.room.spots import LEAST_FREE, best_spot
from understudy.room.told import Told

CAMERAS, NO_FLOOR_CAMERAS = 12, 20  # in each room
SEED = 21
DISTANCE = 3.0  # m: where a reference's performer usually is
DISC = 0.35 * np.stack(
    [f(np.linspace(0, 2 * np.pi, 24, endpoint=False)) for f in (np.cos, np.sin)], 1
)
BODY = np.array([(x, y) for y in np.arange(0.1, 1.75, 0.1) for x in (-0.2, 0.0, 0.2)])  # m
BEHIND = 0.05  # m: what is nearer than a body by more hides it
HIDDEN = 0.02  # of a body


@dataclass(frozen=True)
class Calibrated:
    """A photo, what was found in it, and how long that took, s."""

    photo: Photo
    room: Room
    seconds: float

    @property
    def pitch_off(self) -> float:
        """Degrees."""
        return abs(self.room.camera.pitch - self.photo.truth.pitch)

    @property
    def focal_off(self) -> float:
        """Percent."""
        return 100 * abs(self.room.camera.focal / self.photo.truth.focal - 1)

    @property
    def overlap(self) -> tuple[float, float]:
        """Intersection over union, and precision, of the free floor."""
        found, true = self.room.free, true_free(self.photo, self.room.free.shape)
        both = (found & true).sum()
        return both / max((found | true).sum(), 1), both / max(found.sum(), 1)

    @property
    def placed_right(self) -> bool:
        """Whether somebody at the best spot stands on floor and is not hidden by anything."""
        h, w = self.room.free.shape
        right, forward, _ = best_spot(self.room.spots, DISTANCE)
        place, small = np.array([right, forward]), self.room.small
        pixels = small.project(small.in_space(place + DISC))
        inside = pixels[((pixels >= 0) & (pixels < (w, h))).all(1)].astype(int)
        floor = cv2.resize(self.photo.view.floor.astype(np.uint8), (w, h)) > 0
        if floor[inside[:, 1], inside[:, 0]].mean() < LEAST_FREE:
            return False
        return self._hidden(small.project(small.in_space(place))) < HIDDEN

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


def calibrated(photo: Photo) -> Calibrated:
    start = time.perf_counter()
    room = calibrate(photo.view.rgb, Told())
    return Calibrated(photo, room, time.perf_counter() - start)


def figures() -> list[Figure]:
    across = [calibrated(p) for p in with_floor(REPORTED_ON, CAMERAS, SEED, painted=False)]
    others = without_floor(REPORTED_ON, NO_FLOOR_CAMERAS, SEED + 1, painted=False)
    standing = [one for one in across if has_room(one.photo)]
    none = [one for one in across if not has_room(one.photo)] + [calibrated(p) for p in others]
    taken = [one for one in standing if one.room.refused is None]
    print(
        f"{len(across)} photos across rooms, {len(standing)} with room to stand, {len(none)} none"
    )
    pitch, focal = ([getattr(one, name) for one in across] for name in ("pitch_off", "focal_off"))
    iou, precision = np.array([one.overlap for one in standing]).T
    right = 100 * np.mean([one.placed_right for one in taken])
    wrongly_taken = 100 * np.mean([one.room.refused is None for one in none])
    refused = 100 * (1 - len(taken) / len(standing))
    return [
        Figure("pitch_deg", float(np.median(pitch)), "°", 0.15, True),
        Figure("pitch_p90_deg", float(np.percentile(pitch, 90)), "°", 0.5, True),
        Figure("focal_pct", float(np.median(focal)), "%", 1, True),
        Figure("focal_p90_pct", float(np.percentile(focal, 90)), "%", 4, True),
        Figure("floor_iou", float(np.median(iou)), "IoU", 0.92, False),
        Figure("floor_precision_p10", float(np.percentile(precision, 10)), "", 0.88, False),
        Figure("spots_right", float(right), "%", 97, False),
        Figure("no_floor_taken", float(wrongly_taken), "%", 5, True),
        Figure("floor_refused", float(refused), "%", 20, True),
        Figure("calibrate_s", float(np.median([one.seconds for one in across])), "s", 2, True),
    ]


if __name__ == "__main__":
    write_figures("scene", figures())
