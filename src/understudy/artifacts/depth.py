"""depth.npz: how far away the person and the floor are, in some frames of an identity video.

depth (m,h,w) float16 m, 0 = unknown; frames (m,) int64, which frames of the video. About: kind,
backend, unit ("m"), source (what the depth is made of), body, model (digest of a network's
weights), video, fps, size.
"""

from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Arrays, Shapes, load_arrays, save_arrays

KIND = "depth"
SHAPES: Shapes = {"depth": ("m", "h", "w"), "frames": ("m",)}


def save_depth(path: Path | str, depth: np.ndarray, frames: np.ndarray, about: dict) -> None:
    """Write the depth (m,h,w) m of the frames (m,)."""
    arrays = {"depth": depth.astype(np.float16), "frames": frames}
    save_arrays(path, arrays, {**about, "kind": KIND})


def load_depth(path: Path | str, body: str | None = None) -> Arrays:
    """Read a depth.npz; UserError if it is anything else or for another body model."""
    return load_arrays(path, KIND, body, SHAPES)
