"""Which way is up in a clip: as its bodies stand."""

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.fitting.settings import FitSettings
from understudy.solver import terms

IMAGES = np.array([0.0, -1.0, 0.0])  # the image's vertical
# Degrees in the image by which bodies that agree tell that the camera was rolled: with less they
# may just be fitted askew, with more they lie.
_ROLLED = (15.0, 50.0)


def common_direction(along: np.ndarray, start: np.ndarray, settings: FitSettings) -> np.ndarray:
    """The direction (3,) that most of the unit vectors (n,3) share, from `start`, robustly; pulled
    towards the image's vertical, or the bodies' line in the image if the camera was rolled: how far
    they lean in depth is known less well."""
    own = _shared(along, start, np.zeros(3), settings)
    roll = np.arctan2(own[0], -own[1])
    if _ROLLED[0] < abs(np.degrees(roll)) < _ROLLED[1]:
        level = np.array([np.sin(roll), -np.cos(roll), 0.0])
    else:
        level = IMAGES
    return _shared(along, start, settings.upright_prior * level, settings)


def _shared(
    along: np.ndarray, start: np.ndarray, pull: np.ndarray, settings: FitSettings
) -> np.ndarray:
    up = start
    for width in np.geomspace(0.8, settings.upright_width, 8):
        _, share = terms.robust(((along - up) ** 2).sum(-1), width)
        up = rot.unit(share @ along + len(along) * pull)
    return up
