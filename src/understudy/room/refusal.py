"""When nobody is shown standing in a photo."""

import numpy as np

from understudy.room.depth import Depth
from understudy.room.lines import Seen
from understudy.room.told import Told

LEAST_SUPPORT = 0.65  # of the lines
MOST_PITCH_SIGMA = 0.8  # degrees
LEAST_SCORE = 0.77
MOST_BENEATH = 0.02  # of the picture may be seen below the floor


def floor_score(odds: np.ndarray, free: np.ndarray) -> float:
    """How likely it is, in [0,1], that what was taken for free floor (h,w) is floor: the mean
    probability of its pixels, of log odds (h,w)."""
    return float((1 / (1 + np.exp(-odds[free]))).mean()) if free.any() else 0.0


def why_refused(
    told: Told, seen: Seen, score: float, spots: int, depth: Depth | None
) -> str | None:
    """Why nobody can be shown standing in a photo, and what its user can do; None: somebody can."""
    if told.floor == "no":
        return "the table says that it shows no floor"
    doubtful = seen.support < LEAST_SUPPORT or seen.sigma[1] > MOST_PITCH_SIGMA
    if doubtful and told.horizon is None:
        return "its lines do not tell how the camera was held; state its horizon and focal length"
    if not spots:
        return "it shows no free floor to stand on; take it from farther away, floor in front"
    beneath = depth is not None and depth.beneath > MOST_BENEATH
    if told.floor is None and (beneath or score < LEAST_SCORE):
        return "what looks like floor may be something else; state floor (yes, no, or a mask)"
    return None
