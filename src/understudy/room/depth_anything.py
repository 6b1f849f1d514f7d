"""What is nearer in a photo, by Depth Anything V2."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from understudy.networks.depth_anything import inverse_depth, load_network, shown

DEVICE = "cpu"  # a single image takes seconds


def measure_inverse_depth(picture: np.ndarray, weights: Mapping[str, Path]) -> np.ndarray:
    """The network's output (h,w) float32 for a picture (h,w,3) uint8 RGB: larger is nearer.

    weights: the one file of the network, by its name in config/weights.yaml.
    """
    ((name, path),) = weights.items()
    network = load_network(name, path, DEVICE)
    return inverse_depth(network, [shown(picture)], picture.shape[:2], DEVICE)[0]
