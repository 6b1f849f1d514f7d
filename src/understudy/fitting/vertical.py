"""Which way is up in a clip: as its bodies stand."""

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.fitting.settings import FitSettings
from understudy.solver import terms

IMAGES = np.array([0.0, -1.0, 0.0])  # the image's vertical
# Degrees from the image's vertical within which bodies that agree tell that the camera was rolled:
# with less they may just be fitted askew, with more they lie.
_ROLLED = (15.0, 50.0)


def common_direction(along: np.ndarray, start: np.ndarray, settings: FitSettings) -> np.ndarray:
    """The direction (3,) that most of the unit vectors (n,3) share, from `start`, robustly; pulled
    towards the image's vertical, unless the camera was rolled."""
    own = _shared(along, start, 0.0, settings)
    askew = np.degrees(np.arccos(np.clip(IMAGES @ own, -1, 1)))
    pull = 0.0 if _ROLLED[0] < askew < _ROLLED[1] else settings.upright_prior
    return _shared(along, start, pull, settings)


def _shared(along: np.ndarray, start: np.ndarray, pull: float, settings: FitSettings) -> np.ndarray:
    up = start
    for width in np.geomspace(0.8, settings.upright_width, 8):
        _, share = terms.robust(((along - up) ** 2).sum(-1), width)
        up = rot.unit(share @ along + len(along) * pull * IMAGES)
    return up
