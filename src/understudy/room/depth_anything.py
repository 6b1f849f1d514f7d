"""How far away things in a photo are, by Depth Anything V2."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from understudy.networks.depth_anything import (
    inverse_depth,
    load_network,
    metric_depth,
    shown,
)
from understudy.room.depth import NEAREST, Nearness

DEVICE = "cpu"  # a single image takes seconds


def relative(picture: np.ndarray, weights: Mapping[str, Path]) -> Nearness:
    """What a relative network says of a picture (h,w,3) uint8 RGB.

    weights: the one file of the network, by its name in config/weights.yaml.
    """
    ((name, path),) = weights.items()
    network = load_network(name, path, DEVICE)
    size = picture.shape[:2]
    return Nearness(inverse_depth(network, [shown(picture)], size, DEVICE)[0], in_metres=False)


def metric(picture: np.ndarray, weights: Mapping[str, Path]) -> Nearness:
    """The same of a metric network."""
    ((name, path),) = weights.items()
    network = load_network(name, path, DEVICE)
    metres = metric_depth(network, [shown(picture)], picture.shape[:2], DEVICE)[0]
    return Nearness(1 / np.maximum(metres, NEAREST), in_metres=True)
