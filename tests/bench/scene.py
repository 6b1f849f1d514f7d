"""`make bench NAME=scene`: what is found in photos of rooms, and people who are set into them,
against the truth of the demo world.

The rooms and cameras reported on are none of those that anything was tuned on
(`tests/bench/scene_world.py`). A photo has room to stand if it shows a disc of 0.35 m of free
floor; photos across a room that do not count as those without floor.

Rooms are measured side by side, one on each core; what is timed is timed alone, afterwards.
"""

import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from tests.bench.figures import Figure, write_figures
from tests.bench.job_size import planned_jobs
from tests.bench.scene_film import Score
from tests.bench.scene_rooms import Found, Measured, measured
from tests.bench.scene_slide import added_slides, make_fits
from tests.bench.scene_speed import CORES, composite_fps, cost_ratio, written
from tests.bench.scene_world import REPORTED_ON
from understudy.artifacts.room import Room

PER_PAIR = 3  # photos that a pair is set into
SLIDE_ROOMS = 8  # photos in which feet are watched


def room_figures(across: list[Found], no_floor_taken: list[bool]) -> list[Figure]:
    """What is found in photos across rooms, and in others, which show no floor."""
    standing = [one for one in across if one.has_room]
    none = no_floor_taken + [one.taken for one in across if not one.has_room]
    taken = [one for one in standing if one.taken]
    print(
        f"{len(across)} photos across rooms, {len(standing)} with room to stand, {len(none)} "
        f"none; of those taken, IoU {np.median([one.iou for one in taken]):.3f}, precision "
        f"{np.percentile([one.precision for one in taken], 10):.3f}"
    )
    pitch, focal = ([getattr(one, name) for one in across] for name in ("pitch_off", "focal_off"))
    precision = [one.precision for one in standing]
    right = 100 * np.mean([bool(one.right) for one in taken])
    refused = 100 * (1 - len(taken) / len(standing))
    return [
        Figure("pitch_deg", float(np.median(pitch)), "°", 0.15, True),
        Figure("pitch_p90_deg", float(np.percentile(pitch, 90)), "°", 0.5, True),
        Figure("focal_pct", float(np.median(focal)), "%", 1, True),
        Figure("focal_p90_pct", float(np.percentile(focal, 90)), "%", 4, True),
        Figure("floor_iou", float(np.median([one.iou for one in standing])), "IoU", 0.92, False),
        Figure("floor_precision_p10", float(np.percentile(precision, 10)), "", 0.88, False),
        Figure("spots_right", float(right), "%", 97, False),
        Figure("no_floor_taken", float(100 * np.mean(none)), "%", 5, True),
        Figure("floor_refused", float(refused), "%", 20, True),
        Figure("calibrate_s", float(np.median([one.seconds for one in across])), "s", 2, True),
    ]


def film_figures(given: list[Score], guessed: list[Score]) -> list[Figure]:
    """People set into photos whose camera's height is given, and into the same without it."""
    for name, scores in (("height given", given), ("height guessed", guessed)):
        plain = np.mean([one.plain for one in scores])
        behind_psnr, behind_iou = np.mean([one.behind for one in scores], axis=0)
        height = np.percentile([one.height for one in scores], [10, 50, 90]).round(3)
        print(
            f"{name}: placed in {len(scores)} photos; against films without shadow {plain:.2f} dB; "
            f"among the furniture {behind_psnr:.2f} dB, IoU {behind_iou:.3f}; heights "
            f"{height.tolist()}"
        )
    low, high = np.percentile([one.height for one in given], [10, 90])
    return [
        Figure("film_psnr_db", float(np.mean([one.psnr for one in given])), "dB", 20.5, False),
        Figure("film_iou", float(np.mean([one.iou for one in given])), "IoU", 0.92, False),
        Figure("film_psnr_guessed_db", _mean(guessed, "psnr"), "dB", None, False),
        Figure("film_iou_guessed", _mean(guessed, "iou"), "IoU", None, False),
        Figure("height_ratio_p10", float(low), "", 0.97, False),
        Figure("height_ratio_p90", float(high), "", 1.03, True),
    ]


def _mean(scores: list[Score], name: str) -> float:
    return float(np.mean([getattr(one, name) for one in scores]))


def cost_figures(taken: list[tuple[np.ndarray, Room]]) -> list[Figure]:
    """What people in rooms cost, in some of the photos (h,w,3) that show room to stand."""
    files = written(taken[:: len(taken) // PER_PAIR][:PER_PAIR])
    slides = added_slides([room for _, room in taken[:: len(taken) // SLIDE_ROOMS]])
    print(f"feet slide {np.percentile(slides, [10, 50, 90]).round(2).tolist()} px more", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        submissions = planned_jobs(Path(folder) / "paper")["queue"]
    return [
        Figure("foot_slide_px", float(np.percentile(slides, 95)), "px", 1, True),
        Figure("composite_fps", composite_fps(*files[0]), "frames/s", 20, False),
        Figure("scene_cost_ratio", cost_ratio(files), "× before", 1.5, True),
        Figure("submissions_3600", submissions, "jobs", 1400, True),
    ]


def made_side_by_side() -> list[Measured]:
    """What was measured in each room; the fits of clips are made beside them."""
    for variable in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"  # of the workers, which start with it
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        fits = pool.submit(make_fits)
        rooms = list(pool.map(measured, REPORTED_ON))
        fits.result()
    return rooms


def figures() -> list[Figure]:
    rooms = made_side_by_side()
    across = [one for room in rooms for one in room.across]
    taken = [one for room in rooms for one in room.taken]
    return [
        *room_figures(across, [one for room in rooms for one in room.no_floor_taken]),
        *film_figures(
            [one for room in rooms for one in room.given],
            [one for room in rooms for one in room.guessed],
        ),
        *cost_figures(taken),
    ]


if __name__ == "__main__":
    write_figures("scene", figures())
