"""What is known of each frame, as scripts that the page loads when it draws it: a page that is
opened from a disk can load scripts and nothing else."""

import base64
import json
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from understudy.artifacts.label_points import load_points
from understudy.files import write_text

FINEST = 4  # steps a pixel
LEVEL = 1  # of compression: an eighth of the time of zlib's usual one for 7 % more bytes


def write_points(labels: Iterable[Path], out: Path) -> None:
    """Write the 133 points of each frame of some labels.npz as one script. UserError if one is
    damaged."""
    told = "".join(f"{json.dumps(points_of(path))},\n" for path in labels)
    write_text(out, f"gallery.take({json.dumps(out.stem)}, [\n{told}]);\n")


def points_of(labels: Path) -> dict:
    """fps, and points: Base64 of a zlib stream of n·133·3 little-endian int16, which are of each
    point x and y in steps of 1/4 px and `seen`, each frame less the one before (modulo 2¹⁶)."""
    found = load_points(labels)
    steps = np.concatenate([np.round(FINEST * found.xy), found.seen[..., None]], 2)
    whole = steps.clip(-(2**15), 2**15 - 1).astype("<i2")
    changes = np.diff(whole, axis=0, prepend=np.zeros_like(whole[:1]))
    packed = base64.b64encode(zlib.compress(changes.tobytes(), LEVEL)).decode()
    return {"fps": found.fps, "points": packed}
