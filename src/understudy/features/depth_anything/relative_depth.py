"""From what is nearer to how far away it is: a network's inverse depth in metres, by the body.

Mean and mean absolute deviation over the person's pixels are matched to those of the fitted body's
surface. `linear`: as in ExAvatar's fitting, depth falls as the network's number rises.
`reciprocal`: depth is one over it, up to scale and shift, as the network was trained to predict.
"""

import numpy as np

FARTHEST = 30.0  # m: anything beyond is left unknown
FEWEST = 50  # pixels shared by the mask and the body's surface


def in_metres(
    inverse: np.ndarray, surface: np.ndarray, person: np.ndarray, relation: str
) -> np.ndarray:
    """Depth (h,w) float32 m of a network's inverse depth (h,w); 0 where unknown.

    surface (h,w): the fitted body's depth, 0 off it; person (h,w) bool: the mask.
    """
    both = person & (surface > 0)
    # An image of uniform depth carries no information.
    if both.sum() < FEWEST or not np.ptp(inverse[both]) > 0:
        return np.zeros(inverse.shape, np.float32)
    depth = RELATIONS[relation](inverse.astype(float), surface.astype(float), both)
    return np.where((depth > 0) & (depth < FARTHEST), depth, 0).astype(np.float32)


def _linear(inverse: np.ndarray, surface: np.ndarray, both: np.ndarray) -> np.ndarray:
    return _matched(-inverse, both, surface[both])


def _reciprocal(inverse: np.ndarray, surface: np.ndarray, both: np.ndarray) -> np.ndarray:
    near = _matched(inverse, both, 1 / surface[both])
    return np.divide(1, near, out=np.zeros_like(near), where=near > 1 / FARTHEST)


def _matched(values: np.ndarray, both: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Values (h,w) scaled and shifted so that those where `both` holds have the mean and the mean
    absolute deviation of `wanted` (k,)."""
    here = values[both]
    scale = np.abs(wanted - wanted.mean()).mean() / np.abs(here - here.mean()).mean()
    return (values - here.mean()) * scale + wanted.mean()


RELATIONS = {"linear": _linear, "reciprocal": _reciprocal}
