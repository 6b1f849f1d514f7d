"""What a trained recogniser makes of videos: by which more are selected to train on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.recognition.data import clips_for_testing
from understudy.recognition.evaluate import predict
from understudy.recognition.models import Recogniser
from understudy.recognition.network import Network
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


def embed(network: Network, clips: list[Clip]) -> Embedding:
    """Show whole videos to a trained recogniser. Raises UserError for one that cannot be read."""
    shown = clips_for_testing(clips, network.labels, network.settings)
    with _watched(network.model) as seen:
        found = predict(network.model, shown, network.labels, network.settings)
    share = found.probabilities.astype(np.float64)
    entropy = -(share * np.log(np.maximum(share, np.finfo(np.float32).tiny))).sum(1)
    rows = {(clip.path, clip.mirror): row for row, clip in enumerate(clips)}
    return Embedding(rows, torch.cat(seen).numpy(), entropy.astype(np.float32))


@contextmanager
def _watched(model: Recogniser) -> Iterator[list[torch.Tensor]]:
    """A list to which each batch adds (b,d): what reaches the last layer, mean over its places."""
    seen: list[torch.Tensor] = []

    def keep(_: torch.nn.Module, given: tuple[torch.Tensor]) -> None:
        seen.append(given[0].flatten(1, -2).mean(1).float().cpu())

    handle = model.last_layer.register_forward_pre_hook(keep)
    try:
        yield seen
    finally:
        handle.remove()


def save_embedding(path: Path, embedding: Embedding) -> None:
    arrays = {"features": embedding.features, "entropy": embedding.entropy}
    save_arrays(path, arrays, {"kind": KIND, "clips": [list(key) for key in embedding.rows]})


def load_embedding(path: Path) -> Embedding:
    """Raises UserError for a damaged file."""
    stored = load_arrays(path, KIND, shapes={"features": ("m", "d"), "entropy": ("m",)})
    rows = {(name, mirror): row for row, (name, mirror) in enumerate(stored.about["clips"])}
    return Embedding(rows, stored["features"], stored["entropy"])
