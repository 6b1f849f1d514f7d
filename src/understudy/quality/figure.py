"""What may be wrong with the figure in a synthetic video, told from the video and its labels.

Without PyTorch: the embedded detector's environment has none.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from understudy.artifacts.figures import FIGURE_PARTS, LIMBS, save_figures
from understudy.artifacts.label_arrays import BEHIND_SELF, VISIBLE
from understudy.artifacts.label_points import Figure, load_figure
from understudy.errors import UserError
from understudy.features.frames import evenly
from understudy.features.interfaces import Detected
from understudy.features.runtime import Runtime
from understudy.progress import progress
from understudy.quality.distance import CREDIBLE, FURTHEST, percent_off, person_height
from understudy.registry import chosen
from understudy.video.probe import probe
from understudy.video.read import read_frames, stream_frames
from understudy.video.write import VideoWriter

Detect = Callable[[Path], Detected]

REDETECTED = 8  # frames of a video
POINTS = slice(0, 17)  # COCO's
POINTS_OF = {
    "head": [0, 1, 2, 3, 4],
    "trunk": [5, 6, 11, 12],
    "left_arm": [7, 9],
    "right_arm": [8, 10],
    "left_leg": [13, 15],
    "right_leg": [14, 16],
}
NEAR, FAR = 3, 9  # px: the edge's neighbourhood, and that of its two sides


@dataclass(frozen=True)
class Made:
    """A synthetic video of a reference, and the labels of its frames."""

    identity: str
    view: str
    background: str
    video: Path
    labels: Path


def look_at_figures(
    videos: Sequence[Made], backend: str, runtime: Runtime, out: Path | str
) -> None:
    """Look at the figure in each video and write `out` (`artifacts.figures`).

    backend, runtime: of the keypoints, which are detected again. A video that cannot be read is
    told on stderr, and nothing of it is known.
    """
    detect = chosen("keypoints", backend)
    models: dict[str, str] = {}

    def found(video: Path) -> Detected:
        detected: Detected = detect(video, probe(video), "flag", runtime)
        models.update(detected.model)
        return detected

    rows = []
    for made in progress(videos, "looking at videos", unit="video"):
        figure = load_figure(made.labels)
        try:
            parts = figure_parts(made.video, figure, found)
        except UserError as error:  # `dataset.checks` says so of the video; others are measured
            print(f"not looked at: {error}", file=sys.stderr)
            parts = dict.fromkeys(FIGURE_PARTS, np.nan)
        rows.append(((made.identity, made.view, made.background), parts))
    save_figures(out, rows, models)


def figure_parts(video: Path, figure: Figure, detect: Detect) -> dict[str, float]:
    """The parts of one video; detect: the keypoints of whoever a video file shows."""
    drawn = np.flatnonzero(figure.drawn)
    some = drawn[evenly(len(drawn), REDETECTED)]
    frames = read_frames(video, some)
    seams = [halo(frame, figure.masks[t]) for t, frame in zip(some.tolist(), frames, strict=True)]
    return {
        **redetected(frames, probe(video).fps, figure, some, detect),
        "out_of_sight": float((figure.points.seen[drawn] < BEHIND_SELF).mean()),
        "flicker": flicker(stream_frames(video, range(len(figure.masks))), figure.masks),
        "halo": _mean(np.array(seams)),
    }


def redetected(
    frames: np.ndarray, fps: Fraction, figure: Figure, some: np.ndarray, detect: Detect
) -> dict[str, float]:
    """How far the keypoints found in a video's frames `some`, which are `frames` (k,h,w,3), are
    from their labels, limb by limb."""
    height, width = frames.shape[1:3]
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder, "few.mp4")
        with VideoWriter(few, width, height, fps, crf=0) as writer:
            writer.write(frames)
        found = detect(few)
    true = figure.points.xy[some]
    in_sight = figure.points.seen[some][:, POINTS] == VISIBLE
    missed = in_sight & (found.score[:, POINTS] < CREDIBLE)
    off = percent_off(found.xy[:, POINTS], true[:, POINTS], person_height(true))
    off = np.where(in_sight, np.where(missed, FURTHEST, off), np.nan)
    limbs = {f"redetected_{limb}": _mean(off[:, POINTS_OF[limb]]) for limb in LIMBS}
    return {
        "redetected": _mean(np.array(list(limbs.values()))),
        **limbs,
        "undetected": float(missed.sum() / in_sight.sum()) if in_sight.any() else np.nan,
    }


def halo(frame: np.ndarray, mask: np.ndarray) -> float:
    """By how many levels the pixels along a figure's outline leave the range between the figure
    and the background beside them. Of a frame (h,w,3) uint8 and its mask (h,w) bool; NaN if there
    is no edge to look at."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
    person = mask.astype(np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    wider, narrower = (change(person, kernel) > 0 for change in (cv2.dilate, cv2.erode))
    edge = wider & ~narrower
    away = cv2.dilate(person, np.ones((2 * NEAR + 1,) * 2, np.uint8)) == 0
    within = cv2.erode(person, np.ones((2 * NEAR + 1,) * 2, np.uint8)) > 0
    outside, inside = (_mean_near(grey, where) for where in (away, within))
    known = edge & np.isfinite(outside) & np.isfinite(inside)
    if not known.any():
        return np.nan
    low, high = np.minimum(outside, inside)[known], np.maximum(outside, inside)[known]
    smooth = cv2.blur(grey, (3, 3))[known]
    return float(np.maximum(np.maximum(smooth - high, low - smooth), 0).mean())


def flicker(frames: Iterable[np.ndarray], masks: Iterable[np.ndarray]) -> float:
    """Mean absolute second difference, levels, of the figure's mean brightness."""
    levels = [
        frame[mask].mean() if mask.any() else np.nan
        for frame, mask in zip(frames, masks, strict=True)
    ]
    return _mean(np.abs(np.diff(levels, 2)))


def _mean_near(grey: np.ndarray, where: np.ndarray) -> np.ndarray:
    """(h,w): the mean of the pixels of a region within FAR px; NaN where there is none."""
    size = (2 * FAR + 1,) * 2
    weight = cv2.blur(where.astype(np.float32), size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight > 0, cv2.blur(grey * where, size) / weight, np.nan)


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else np.nan
