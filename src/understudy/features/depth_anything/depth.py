"""Depth by Depth Anything V2, scaled to metres by the fitted body.

The network says what is nearer, not how far away it is: `relative_depth` turns its numbers into
metres.
"""

from pathlib import Path

import numpy as np

from understudy.artifacts.masks import load_masks
from understudy.features.depth_anything.outputs import network_outputs
from understudy.features.depth_anything.relative_depth import in_metres
from understudy.features.fitted_body import fitted_body
from understudy.features.runtime import Runtime
from understudy.files import file_digest
from understudy.networks.depth_anything import inverse_depth, load_network
from understudy.networks.depth_anything import shapes as shapes  # for features.check_weights
from understudy.networks.depth_anything import state_of as state_of


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
