"""Which way is up in a clip: as its bodies stand."""

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.fitting.settings import FitSettings
from understudy.solver import terms

IMAGES = np.array([0.0, -1.0, 0.0])  # the image's vertical


def common_direction(along: np.ndarray, start: np.ndarray, settings: FitSettings) -> np.ndarray:
    """The direction (3,) that most of the unit vectors (n,3) share, from `start`, robustly.

    The image's vertical counts as long as it is near: a camera is held level, or it is not.
    """
    up = start
    pulled = np.vstack([along, IMAGES])
    weight = np.append(np.ones(len(along)), len(along) * settings.upright_prior)
    for width in np.geomspace(0.8, settings.upright_width, 8):
        _, share = terms.robust(((pulled - up) ** 2).sum(-1), width)
        up = rot.unit((weight * share) @ pulled)
    return up
