"""What a training run yields besides its avatar: the body pose in each frame, the background."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Shapes, load_arrays, save_arrays

SHAPES: Shapes = {
    "corrections": ("n", 23, 3),
    "turns": ("n", 33, 3),
    "smiles": ("n", "e"),
    "backdrop": ("h", "w", 3),
    "trained": ("m",),
}


@dataclass(frozen=True)
class Trained:
    """corrections (n,23,3), turns (n,33,3), smiles (n,E): to the n fitted poses, as `poses` says;
    backdrop (h,w,3) float32 in [0,1]: the scene without the person, at the training's size;
    trained (m,): which frames were trained on; steps; seconds, over all processes; unseen: share of
    the Gaussians that the video does not show; losses: [step, mean loss]."""

    corrections: np.ndarray
    turns: np.ndarray
    smiles: np.ndarray
    backdrop: np.ndarray
    trained: np.ndarray
    steps: int
    seconds: float
    unseen: float
    losses: list[list[float]]


def save_trained(path: Path | str, kept: Trained) -> None:
    """Write a trained.npz, whole or not at all."""
    fields = asdict(kept)
    arrays = {name: fields.pop(name) for name in SHAPES}
    save_arrays(path, arrays, {"kind": "trained", **fields})


def load_trained(path: Path | str) -> Trained:
    """Read a trained.npz; UserError if it is anything else or damaged."""
    stored = load_arrays(path, "trained", None, SHAPES)
    fields = {name: value for name, value in stored.about.items() if name != "kind"}
    fields |= {name: stored[name] for name in SHAPES}
    return Trained(**fields)
