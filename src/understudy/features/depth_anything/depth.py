"""Depth by Depth Anything V2, scaled to metres by the fitted body.

The network says what is nearer, not how far away it is: `relative_depth` turns its numbers into
metres.
"""

from functools import partial
from pathlib import Path

import numpy as np

from understudy.features.depth_anything.outputs import depth_at_body
from understudy.features.depth_anything.relative_depth import in_metres
from understudy.features.runtime import Runtime
from understudy.networks.depth_anything import inverse_depth
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
    relate = partial(in_metres, relation=relation)
    files = (video, masks, fit, body)
    return depth_at_body(inverse_depth, relate, relation, *files, frames, runtime)
