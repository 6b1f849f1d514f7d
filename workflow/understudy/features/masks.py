"""The masks feature: which pixels of each frame are the person, hair and clothes included.

masks.npz: bits, shape: packed as `pack_masks` says. About: kind, backend, model, video, digest,
fps, size (h, w).
"""

from pathlib import Path

import numpy as np

from understudy.errors import UserError
from understudy.features.keypoints import load_keypoints
from understudy.features.origin import of_video
from understudy.features.runtime import EMBEDDED, Runtime
from understudy.files import Arrays, load_arrays, save_arrays
from understudy.registry import chosen
from understudy.video.probe import probe

EMPTY_ALLOWED = 0.8  # a video is refused where this share of its masks is empty


def extract_masks(
    video: Path | str,
    keypoints: Path | str,
    out: Path | str,
    backend: str = "mediapipe",
    runtime: Runtime = EMBEDDED,
) -> None:
    """Segment the person that `keypoints` follow in every frame; write masks.npz.

    Raises UserError where the keypoints are of another video or hardly any mask is found.
    """
    segment = chosen("masks", backend)
    info, points = probe(video), load_keypoints(keypoints)
    if len(points["xy"]) != info.frames:
        raise UserError(
            f"{keypoints}: has {len(points['xy'])} frames but {video} has {info.frames}; "
            "delete it and rerun"
        )
    masks, model = segment(video, info, points, runtime)
    empty = ~masks.any((1, 2))
    if empty.mean() >= EMPTY_ALLOWED:
        raise UserError(
            f"{video}: no person could be segmented in {100 * empty.mean():.0f} % of the frames; "
            "give a video that shows one person throughout"
        )
    about = {
        "kind": "masks",
        "backend": backend,
        "model": model,
        **of_video(video, info),
    }
    save_arrays(out, pack_masks(masks), about)


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
    """The masks (n,h,w) bool of a masks.npz; UserError where it is something else or damaged."""
    return unpack_masks(load_arrays(path, "masks"))
