"""The detector's keypoints against the demo world's: how far off, and in how many frames lost."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import load_arrays

LIMBS = slice(5, 17)  # COCO's shoulders to ankles
LOST_PCT = 10.0  # a frame in which they are further off, on average, shows somebody else, or nobody


@dataclass(frozen=True)
class KeypointErrors:
    """pct (n,): the mean distance of a frame's shoulders to ankles from the true ones, in % of the
    standing person's height; NaN where the detector saw none of them."""

    pct: np.ndarray

    @property
    def lost(self) -> int:
        """How many frames are further off than LOST_PCT."""
        return int((self.pct > LOST_PCT).sum())


def keypoint_errors(keypoints: Path, truth: Path) -> KeypointErrors:
    """Of a clip's keypoints.npz, by its truth.npz."""
    found, true = load_arrays(keypoints, "keypoints"), load_arrays(truth, "truth")
    off = np.linalg.norm(found["xy"][:, LIMBS] - true["keypoints"][:, LIMBS], axis=-1)
    seen = found["score"][:, LIMBS] > 0
    count = seen.sum(1)
    mean = np.where(count > 0, (off * seen).sum(1) / np.maximum(count, 1), np.nan)
    return KeypointErrors(100 * mean / true["height_px"])
