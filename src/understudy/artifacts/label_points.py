"""The points of labels.npz (`artifacts.labels`) alone: a tenth of the time, and no PyTorch."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import ABOUT, UNREADABLE
from understudy.artifacts.label_arrays import KIND
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
            image = stored["keypoints"] @ stored["K"].T
            seen = np.where(stored["drawn"].astype(bool)[:, None], stored["seen"], 0)
        xy = image[..., :2] / np.maximum(image[..., 2:], 1e-6)
        if about["kind"] != KIND or xy.shape != (*seen.shape, 2) or not np.isfinite(xy).all():
            raise ValueError("its arrays are others")
        return Points(xy, seen, float(about["fps"]))
    except UNREADABLE as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: no readable labels ({reason}); delete it and rerun") from error
