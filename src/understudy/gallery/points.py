"""What is known of each frame, as scripts that the page loads when it draws it: a page that is
opened from a disk can load scripts and nothing else."""

import base64
import json
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.label_arrays import KIND, OPTIONAL, SHAPES
from understudy.files import write_text

FINEST = 4  # steps a pixel


def write_points(labels: Iterable[Path], out: Path) -> None:
    """Write the 133 points of each frame of some labels.npz as one script. UserError if one is
    damaged."""
    told = "".join(f"{json.dumps(points_of(path))},\n" for path in labels)
    write_text(out, f"gallery.take({json.dumps(out.stem)}, [\n{told}]);\n")


def points_of(labels: Path) -> dict:
    """fps, and points: Base64 of a zlib stream of n·133·3 little-endian int16, which are of each
    point x and y in steps of 1/4 px and `seen`, each frame less the one before (modulo 2¹⁶)."""
    stored = load_arrays(labels, KIND, None, SHAPES, OPTIONAL)
    image = stored["keypoints"].astype(np.float64) @ stored["K"].T
    xy = np.round(FINEST * image[..., :2] / np.maximum(image[..., 2:], 1e-6))
    seen = np.where(stored["drawn"].astype(bool)[:, None], stored["seen"], 0)
    steps = np.concatenate([xy, seen[..., None]], 2).clip(-(2**15), 2**15 - 1).astype("<i2")
    changes = np.diff(steps, axis=0, prepend=np.zeros_like(steps[:1]))
    packed = base64.b64encode(zlib.compress(changes.tobytes())).decode()
    return {"fps": stored.about["fps"], "points": packed}
