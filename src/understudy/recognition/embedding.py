"""What a trained recogniser makes of videos (`embed`): by which more are selected to train on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.recognition.selection import Clip

KIND = "embedding"


@dataclass(frozen=True)
class Embedding:
    """Of m videos, by (path, mirrored): the row of each; features (m,d) float32, what the network's
    last layer sees; entropy (m,) float32, of its prediction, nats."""

    rows: dict[tuple[str, bool], int]
    features: np.ndarray
    entropy: np.ndarray

    def of(self, clips: Sequence[Clip]) -> np.ndarray:
        """The row of each clip (n,) int."""
        return np.array([self.rows[clip.path, clip.mirror] for clip in clips], int)


def save_embedding(path: Path, embedding: Embedding) -> None:
    arrays = {"features": embedding.features, "entropy": embedding.entropy}
    save_arrays(path, arrays, {"kind": KIND, "clips": [list(key) for key in embedding.rows]})


def load_embedding(path: Path) -> Embedding:
    """Raises UserError for a damaged file."""
    stored = load_arrays(path, KIND, shapes={"features": ("m", "d"), "entropy": ("m",)})
    rows = {(name, mirror): row for row, (name, mirror) in enumerate(stored.about["clips"])}
    return Embedding(rows, stored["features"], stored["entropy"])
