"""What labels.npz (`artifacts.labels`) says of the picture, without PyTorch. The points alone take
a tenth of the time that all of it takes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import ABOUT, UNREADABLE, load_arrays
from understudy.artifacts.label_arrays import KIND, OPTIONAL, SHAPES
from understudy.artifacts.masks import PackedMasks, masks_of
from understudy.errors import UserError


@dataclass(frozen=True)
class Points:
    """Of n frames: xy (n,133,2) px, and seen (n,133) as in the labels, 0 where nobody is drawn."""

    xy: np.ndarray
    seen: np.ndarray
    fps: float


def load_points(path: Path | str) -> Points:
    """Read them; UserError if the file is anything else or damaged."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            about = json.loads(stored[ABOUT].tobytes())
            points = _points_of(stored, float(about["fps"]))
        xy, seen = points.xy, points.seen
        if about["kind"] != KIND or xy.shape != (*seen.shape, 2) or not np.isfinite(xy).all():
            raise ValueError("its arrays are others")
        return points
    except UNREADABLE as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: no readable labels ({reason}); delete it and rerun") from error


@dataclass(frozen=True)
class Figure:
    """Of n frames: points; masks: what is seen of the person; drawn (n,): which show it."""

    points: Points
    masks: PackedMasks
    drawn: np.ndarray


def load_figure(path: Path | str) -> Figure:
    """Read it; UserError if the file is anything else or damaged."""
    stored = load_arrays(path, KIND, None, SHAPES, OPTIONAL)
    points = _points_of(stored.arrays, float(stored.about["fps"]))
    return Figure(points, masks_of(stored), stored["drawn"].astype(bool))


def _points_of(stored: Mapping[str, np.ndarray], fps: float) -> Points:
    image = stored["keypoints"] @ stored["K"].T
    seen = np.where(stored["drawn"].astype(bool)[:, None], stored["seen"], 0)
    return Points(image[..., :2] / np.maximum(image[..., 2:], 1e-6), seen, fps)
