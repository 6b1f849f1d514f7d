"""When a hand is at the face, judging by the image."""

import numpy as np

from understudy.body.landmarks import LANDMARK_NAMES
from understudy.fitting.settings import FitSettings
from understudy.fitting.targets import MOUTH
from understudy.observation.observed import Observed

_ARMS = [
    [LANDMARK_NAMES.index(f"{side}_{part}") for part in ("elbow", "wrist")]
    for side in ("left", "right")
]
_FACE = [*map(LANDMARK_NAMES.index, ("nose", "left_eye", "right_eye")), *MOUTH]
_KNUCKLES = 0.35  # of a forearm's length, beyond the wrist


def hands_at_face(observed: Observed, settings: FitSettings) -> np.ndarray:
    """(n,2) in [0,1]: whether the left, and the right, hand is at the face in the image.

    The hand is where the forearm points: its own points are often lost before a face.
    """
    xy, score = observed.xy, observed.score
    elbow, wrist = np.moveaxis(xy[:, _ARMS], 2, 0)
    knuckles = wrist + _KNUCKLES * (wrist - elbow)
    away = np.linalg.norm(knuckles[:, :, None] - xy[:, None, _FACE], axis=-1)
    face = (score[:, None, _FACE] > 0) & (score[:, _ARMS] > 0).all(2, keepdims=True)
    nearest = np.where(face, away, np.inf).min(2) / observed.unit
    return np.exp(-((nearest / settings.reach) ** 4))
