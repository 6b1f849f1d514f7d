"""`make bench NAME=scene`: what is found in photos of rooms, and people who are set into them,
against the truth of the demo world.

The rooms and cameras reported on are none of those that anything was tuned on
(`tests/bench/scene_world.py`). A photo has room to stand if it shows a disc of 0.35 m of free
floor; photos across a room that do not count as those without floor.

Three quarters of an hour at first: an avatar is trained, and kept in results/bench.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.bench.figures import Figure, write_figures
from tests.bench.job_size import planned_jobs
from tests.bench.scene_film import CAST, Score, actor, score
from tests.bench.scene_slide import added_slides
from tests.bench.scene_speed import composite_fps, cost_ratio, written
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
PER_PAIR = 3  # photos that a pair is set into
SLIDE_ROOMS = 8  # photos in which feet are watched
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


def calibrated(photo: Photo, told: Told) -> Calibrated:
    start = time.perf_counter()
    room = calibrate(photo.view.rgb, told)
    return Calibrated(photo, room, time.perf_counter() - start)


def room_figures(across: list[Calibrated]) -> list[Figure]:
    """What is found in photos across rooms, and in others, which show no floor."""
    others = without_floor(REPORTED_ON, NO_FLOOR_CAMERAS, SEED + 1, painted=False)
    standing = [one for one in across if has_room(one.photo)]
    none = [one for one in across if not has_room(one.photo)]
    none += [calibrated(photo, Told()) for photo in others]
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


def film_figures(given: list[Calibrated], guessed: list[Calibrated]) -> list[Figure]:
    """People set into photos whose camera's height is given, and into the same without it."""
    known, usual = filmed("height given", given), filmed("height guessed", guessed)
    low, high = np.percentile([one.height for one in known], [10, 90])
    return [
        Figure("film_psnr_db", float(np.mean([one.psnr for one in known])), "dB", 20.5, False),
        Figure("film_iou", float(np.mean([one.iou for one in known])), "IoU", 0.92, False),
        Figure("film_psnr_guessed_db", float(np.mean([o.psnr for o in usual])), "dB", None, False),
        Figure("film_iou_guessed", float(np.mean([one.iou for one in usual])), "IoU", None, False),
        Figure("height_ratio_p10", float(low), "", 0.97, False),
        Figure("height_ratio_p90", float(high), "", 1.03, True),
    ]


def filmed(name: str, rooms: list[Calibrated]) -> list[Score]:
    """Scores in all photos that have a place; what else there is to say of them is printed."""
    each = [score(one.photo, one.room, actor(k % len(CAST))) for k, one in enumerate(rooms)]
    found = [one for one in each if one is not None]
    plain = np.mean([one.plain for one in found])
    behind_psnr, behind_iou = np.mean([one.behind for one in found], axis=0)
    height = np.percentile([one.height for one in found], [10, 50, 90]).round(3)
    accepted = sum(one.room.refused is None for one in rooms)
    print(
        f"{name}: {accepted} of {len(rooms)} photos accepted, placed in {len(found)}; against "
        f"films without shadow {plain:.2f} dB; among the furniture {behind_psnr:.2f} dB, "
        f"IoU {behind_iou:.3f}; heights {height.tolist()}",
        flush=True,
    )
    return found


def cost_figures(given: list[Calibrated]) -> list[Figure]:
    """What people in rooms cost, in the first photos that show room to stand."""
    taken = [one for one in given if one.room.refused is None]
    files = written([(o.photo, o.room) for o in taken[:: len(taken) // PER_PAIR][:PER_PAIR]])
    slides = added_slides([one.room for one in taken[:: len(taken) // SLIDE_ROOMS]])
    print(f"feet slide {np.percentile(slides, [10, 50, 90]).round(2).tolist()} px more")
    with tempfile.TemporaryDirectory() as folder:
        submissions = planned_jobs(Path(folder) / "paper")["queue"]
    return [
        Figure("foot_slide_px", float(np.percentile(slides, 95)), "px", 1, True),
        Figure("composite_fps", composite_fps(*files[0]), "frames/s", 20, False),
        Figure("scene_cost_ratio", cost_ratio(files), "× before", 1.5, True),
        Figure("submissions_3600", submissions, "jobs", 1400, True),
    ]


def figures() -> list[Figure]:
    photos = list(with_floor(REPORTED_ON, CAMERAS, SEED, painted=False))
    across = [calibrated(photo, Told()) for photo in photos]
    given = [calibrated(photo, Told(camera_height=photo.truth.above)) for photo in photos]
    return [*room_figures(across), *film_figures(given, across), *cost_figures(given)]


if __name__ == "__main__":
    write_figures("scene", figures())
