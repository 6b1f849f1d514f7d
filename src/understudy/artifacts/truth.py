"""What the demo world knows about its own images: ground truth for each video, and images of
poses that an identity's video never shows.

Both hold, for n frames, what `demo.truth.truth_arrays` says; the latter also images (n,h,w,3)
uint8 of the person on white.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from understudy.artifacts.arrays import Arrays, load_arrays, save_arrays
from understudy.artifacts.masks import unpack_masks
from understudy.body.pose import Pose

KIND, HELD_OUT = "truth", "held_out"


@dataclass(frozen=True)
class Pictures:
    """A person on white in n poses: images (n,h,w,3) uint8; masks (n,h,w) bool; pose: n frames in
    camera space; K (3,3) px."""

    images: np.ndarray
    masks: np.ndarray
    pose: Pose
    K: Tensor


def save_truth(path: Path | str, arrays: dict[str, np.ndarray], about: dict) -> None:
    """Write a truth.npz; about: who, where, what, at which frame rate."""
    save_arrays(path, arrays, {"kind": KIND, **about})


def load_truth(path: Path | str) -> Arrays:
    """Read a truth.npz; UserError if it is anything else or damaged."""
    return load_arrays(path, KIND)


def save_held_out(
    path: Path | str, images: np.ndarray, arrays: dict[str, np.ndarray], about: dict
) -> None:
    """Write images (n,h,w,3) uint8 of held-out poses, with ground truth; about: who, where."""
    save_arrays(path, {"images": images, **arrays}, {"kind": HELD_OUT, **about})


def load_held_out(path: Path | str) -> Pictures:
    """Read the images of held-out poses; UserError if it is anything else or damaged."""
    stored = load_arrays(path, HELD_OUT)
    return Pictures(
        images=stored["images"],
        masks=unpack_masks(stored),
        pose=Pose.from_numpy(stored.arrays),
        K=torch.from_numpy(stored["K"]).float(),
    )
