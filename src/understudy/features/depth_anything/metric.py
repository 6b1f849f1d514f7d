"""Depth by a metric network of Depth Anything V2, brought to the distance of the fitted body.

The network says metres, but it does not know the lens: one factor a frame makes the median of the
person's pixels that of the fitted body's surface there.
"""

from pathlib import Path

import numpy as np

from understudy.features.depth_anything.outputs import depth_at_body
from understudy.features.depth_anything.relative_depth import FARTHEST, FEWEST
from understudy.features.runtime import Runtime
from understudy.networks.depth_anything import metric_depth
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
    """As of the relative networks (`depth.measure_depth`); `relation` has no meaning here."""
    files = (video, masks, fit, body)
    return depth_at_body(metric_depth, at_body, "metric", *files, frames, runtime)


def at_body(metres: np.ndarray, surface: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Depth (h,w) float32 m of a network's metres (h,w); 0 where unknown.

    surface (h,w): the fitted body's depth, 0 off it; person (h,w) bool: the mask.
    """
    both = person & (surface > 0) & (metres > 0)
    if both.sum() < FEWEST:
        return np.zeros(metres.shape, np.float32)
    depth = metres * (np.median(surface[both]) / np.median(metres[both]))
    return np.where(depth < FARTHEST, depth, 0).astype(np.float32)
