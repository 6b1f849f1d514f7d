"""Depth by Depth Anything V2, scaled to metres by the fitted body.

The network says what is nearer, not how far away it is: `relative_depth` turns its numbers into
metres.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from torch import nn

from understudy.artifacts.masks import load_masks
from understudy.features.depth_anything.relative_depth import in_metres
from understudy.features.fitted_body import fitted_body
from understudy.features.frames import ahead, batched, stream_frames
from understudy.features.runtime import Runtime
from understudy.files import file_digest
from understudy.networks.depth_anything import inverse_depth, load_network, shown
from understudy.networks.depth_anything import shapes as shapes  # for features.check_weights
from understudy.networks.depth_anything import state_of as state_of
from understudy.progress import progress

BATCH = 8  # images


def measure_depth(
    video: Path | str,
    masks: Path | str,
    fit: Path | str,
    body: Path | str,
    frames: np.ndarray,
    relation: str,
    runtime: Runtime,
) -> tuple[np.ndarray, dict]:
    """Depth (m,h,w) float32 m at `frames` (m,), 0 where unknown, and the metadata to store.

    A frame in which the mask and the fitted body do not overlap has none.
    """
    ((name, path),) = runtime.weights.items()
    network = load_network(name, path, runtime.device)
    surface, person = fitted_body(fit, body, frames), load_masks(masks)
    height, width = person.shape[1:]
    depth = np.zeros((len(frames), height, width), np.float32)
    outputs = network_outputs(inverse_depth, network, video, frames.tolist(), runtime.device)
    for i, seen in enumerate(outputs):
        depth[i] = in_metres(seen, surface.depth(i, width, height), person[frames[i]], relation)
    source = f"Depth Anything V2, {relation}, at the fitted body's depth; 0 where it is not known"
    about = {"unit": "m", "source": source, "body": surface.model_id}
    return depth, about | {"model": {name: file_digest(path)}}


def network_outputs(
    looked: Callable[..., np.ndarray],
    network: nn.Module,
    video: Path | str,
    frames: list[int],
    device: str,
) -> Iterator[np.ndarray]:
    """For each frame what `looked` says of it, `inverse_depth` or `metric_depth`: (h,w) float32."""
    pictures = ((frame.shape[:2], shown(frame)) for frame in stream_frames(video, frames))
    for batch in batched(progress(ahead(pictures), "depth", len(frames)), BATCH):
        yield from looked(network, [picture for _, picture in batch], batch[0][0], device)
