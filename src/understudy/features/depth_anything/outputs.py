"""Depth by a network of Depth Anything, at the distance of the fitted body."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from torch import nn

from understudy.artifacts.masks import load_masks
from understudy.features.fitted_body import fitted_body
from understudy.features.frames import ahead, batched
from understudy.features.runtime import Runtime
from understudy.files import file_digest
from understudy.networks.depth_anything import load_network, shown
from understudy.progress import progress
from understudy.video.read import stream_frames

BATCH = 8  # images


def depth_at_body(
    looked: Callable[..., np.ndarray],
    brought: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    kind: str,
    video: Path | str,
    masks: Path | str,
    fit: Path | str,
    body: Path | str,
    frames: np.ndarray,
    runtime: Runtime,
) -> tuple[np.ndarray, dict]:
    """Depth (m,h,w) float32 m at `frames` (m,), 0 where unknown, and the metadata to store.

    looked: what the network says of images, `inverse_depth` or `metric_depth`; brought: turns that
    (h,w), with the fitted body's depth (h,w), 0 off it, and the person's mask (h,w), into metres;
    kind: what it is called in the metadata.
    """
    ((name, path),) = runtime.weights.items()
    network = load_network(name, path, runtime.device)
    surface, person = fitted_body(fit, body, frames), load_masks(masks)
    height, width = person.shape[1:]
    depth = np.zeros((len(frames), height, width), np.float32)
    outputs = network_outputs(looked, network, video, frames.tolist(), runtime.device)
    for i, seen in enumerate(outputs):
        depth[i] = brought(seen, surface.depth(i, width, height), person[frames[i]])
    source = f"Depth Anything V2, {kind}, at the fitted body's depth; 0 where it is not known"
    about = {"unit": "m", "source": source, "body": surface.model_id}
    return depth, about | {"model": {name: file_digest(path)}}


def network_outputs(
    looked: Callable[..., np.ndarray],
    network: nn.Module,
    video: Path | str,
    frames: list[int],
    device: str,
) -> Iterator[np.ndarray]:
    """For each frame what `looked` says of it, (h,w) float32."""
    pictures = ((frame.shape[:2], shown(frame)) for frame in stream_frames(video, frames))
    for batch in batched(progress(ahead(pictures), "depth", len(frames)), BATCH):
        yield from looked(network, [picture for _, picture in batch], batch[0][0], device)
