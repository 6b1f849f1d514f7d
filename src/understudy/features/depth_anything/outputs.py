"""What a network of Depth Anything says of the frames of a video."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from torch import nn

from understudy.features.frames import ahead, batched, stream_frames
from understudy.networks.depth_anything import shown
from understudy.progress import progress

BATCH = 8  # images


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
