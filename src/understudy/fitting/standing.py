"""When a foot stands still, judging by the image."""

import numpy as np
from scipy.ndimage import uniform_filter1d

from understudy.fitting.settings import FitSettings
from understudy.fitting.targets import FEET, FITTED
from understudy.observation.observed import Observed


def standing_feet(observed: Observed, settings: FitSettings) -> np.ndarray:
    """(n−1, 4) in [0,1]: whether a toe or heel stands from one frame to the next, by its image.

    Its position is first smoothed over a sixth of a second, since it jitters.
    """
    marks = FITTED[FEET]
    half = max(1, round(observed.fps / 12))
    weight = (observed.score[:, marks] > 0).astype(float)

    def smooth(values):
        return uniform_filter1d(values, 2 * half + 1, axis=0, mode="constant")

    total = smooth(weight)
    xy = smooth(observed.xy[:, marks] * weight[..., None]) / np.maximum(total, 1e-9)[..., None]
    speed = np.linalg.norm(np.diff(xy, axis=0), axis=-1) / observed.unit * observed.fps / 30.0
    both = (weight[1:] > 0) & (weight[:-1] > 0)
    return both * np.exp(-((speed / settings.contact_speed) ** 2))
