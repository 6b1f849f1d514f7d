"""Which way is up in a clip: as its bodies stand."""

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.fitting.settings import FitSettings
from understudy.solver import terms

IMAGES = np.array([0.0, -1.0, 0.0])  # the image's vertical
# Standing bodies are fitted up to some 12° askew, which must not be taken for a camera's roll.
_LEVEL = 0.6


def common_direction(along: np.ndarray, start: np.ndarray, settings: FitSettings) -> np.ndarray:
    """The direction (3,) that most of the unit vectors (n,3) share, from `start`, robustly.

    The image's vertical counts as long as it is near: a camera is held level, or it is not.
    """
    up = start
    for width in np.geomspace(0.8, settings.upright_width, 8):
        _, share = terms.robust(((along - up) ** 2).sum(-1), width)
        _, level = terms.robust(((IMAGES - up) ** 2).sum(-1), max(width, _LEVEL))
        up = rot.unit(share @ along + len(along) * settings.upright_prior * level * IMAGES)
    return up
