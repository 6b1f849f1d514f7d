"""masks.npz: which pixels of each frame are the person, hair and clothes included.

bits, shape: packed as `pack_masks` says. About: kind, backend, model, video, digest, fps,
size (h, w).
"""

from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Arrays, load_arrays, save_arrays

KIND = "masks"


def save_masks(path: Path | str, masks: np.ndarray, about: dict) -> None:
    """Write the masks (n,h,w) bool."""
    save_arrays(path, pack_masks(masks), {**about, "kind": KIND})


def pack_masks(masks: np.ndarray) -> dict[str, np.ndarray]:
    """Masks (n,h,w) bool as bits (n, ⌈h·w/8⌉) uint8, rows flattened, and shape (3,) int64."""
    n, height, width = masks.shape
    bits = np.packbits(masks.reshape(n, height * width), axis=1)
    return {"bits": bits, "shape": np.array(masks.shape, np.int64)}


def unpack_masks(stored: Arrays | dict[str, np.ndarray]) -> np.ndarray:
    """The masks (n,h,w) bool that `pack_masks` packed."""
    n, height, width = (int(size) for size in stored["shape"])
    flat = np.unpackbits(stored["bits"], axis=1, count=height * width)
    return flat.reshape(n, height, width).astype(bool)


def load_masks(path: Path | str) -> np.ndarray:
    """The masks (n,h,w) bool of a masks.npz; UserError if it is anything else or damaged."""
    return unpack_masks(load_arrays(path, KIND))
