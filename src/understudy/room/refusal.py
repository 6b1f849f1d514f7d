"""When nobody is shown standing in a photo."""

import numpy as np

from understudy.room.cues import Cues
from understudy.room.depth import Depth
from understudy.room.lines import Seen
from understudy.room.told import Told

LEAST_SUPPORT = 0.65  # of the lines
MOST_PITCH_SIGMA = 0.8  # degrees
LEAST_SCORE = 0.5
MOST_BENEATH = 0.02  # of the picture may be seen below the floor

# A logistic regression (both outcomes weighted alike, ridge 3) on 79 photos of five rooms of the
# demo world with room to stand and 67 in which no more than a little floor is seen, repainted at
# random, and on six real ones, which count as much as all of these. Rooms left out in turn, it
# refuses 20 % of the first and accepts 6 % of the others, with what is asked of the camera. The
# intercept is 0.1 lower than that of the regression. Whether a floor is of the colours of the walls
# tells nothing more, and refuses rooms whose floor and walls are of one grey.
_SKIRTED, _LOG_ROOMY, _BROAD, _ASTRAY, _INTERCEPT = 5.03, 3.22, 5.58, -0.55, -10.0


def floor_score(cues: Cues) -> float:
    """How likely it is, in [0,1], that what was taken for floor is floor."""
    evidence = (
        _SKIRTED * cues.skirted
        + _LOG_ROOMY * np.log(cues.roomy + 0.1)
        + _BROAD * cues.broad
        + _ASTRAY * cues.astray
        + _INTERCEPT
    )
    return float(1 / (1 + np.exp(-evidence)))


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
