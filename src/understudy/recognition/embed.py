"""Shows videos to a trained recogniser, and keeps what it makes of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch

from understudy.recognition.data import clips_for_testing
from understudy.recognition.embedding import Embedding
from understudy.recognition.evaluate import predict
from understudy.recognition.models import Recogniser
from understudy.recognition.network import Network
from understudy.recognition.selection import Clip


def embed(network: Network, clips: list[Clip]) -> Embedding:
    """Show whole videos to a trained recogniser. Raises UserError for one that cannot be read."""
    once = replace(network.settings, test_spans=0)
    shown = clips_for_testing(clips, network.labels, once)
    with _watched(network.model) as seen:
        found = predict(network.model, shown, network.labels, once)
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
