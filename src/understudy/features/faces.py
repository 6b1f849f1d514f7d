"""Where the keypoints show a face, and in which frames it looks at the camera."""

from dataclasses import dataclass

import numpy as np

from understudy.body.landmarks import FACE
from understudy.observation.observed import Observed, believable
from understudy.observation.readings import facing, steady_readings

FEWEST = 40  # of the 68 points, for a face to be seen
_RIGHT_EYE, _LEFT_EYE, _MOUTH = slice(36, 42), slice(42, 48), slice(48, 68)  # iBUG's order


@dataclass(frozen=True)
class SeenFaces:
    """boxes (n,4): x0, y0, x1, y1 of the 68 points, px; valid (n,) bool: there is a face."""

    boxes: np.ndarray
    valid: np.ndarray


def seen_faces(observed: Observed) -> SeenFaces:
    """The faces of a clip's person.

    A face counts if enough of its points are seen, it lies on the body's own nose, and it is
    turned to the camera, both by the body's world landmarks, if any, and by the order of eyes
    and mouth: detectors draw a face on the back of a head too, mirrored.
    """
    steady = steady_readings(observed)
    believed = believable(steady, facing(steady))
    xy, seen = believed.xy[:, FACE], believed.score[:, FACE] > 0
    low = np.where(seen[..., None], xy, np.inf).min(1)
    high = np.where(seen[..., None], xy, -np.inf).max(1)
    valid = (seen.sum(1) >= FEWEST) & from_the_front(xy, seen)
    return SeenFaces(np.where(valid[:, None], np.concatenate([low, high], 1), 0.0), valid)


def from_the_front(xy: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """(n,) bool: right eye, left eye and mouth lie as in a face seen from the front.

    xy (n,68,2) px, y down; seen (n,68) bool: each of the three needs one point.
    """
    weight = seen[..., None].astype(float)

    def middle(part: slice) -> np.ndarray:
        points = (weight[:, part] * xy[:, part]).sum(1)
        return points / np.maximum(weight[:, part].sum(1), 1e-9)

    right, left, mouth = (middle(part) for part in (_RIGHT_EYE, _LEFT_EYE, _MOUTH))
    known = [seen[:, part].any(1) for part in (_RIGHT_EYE, _LEFT_EYE, _MOUTH)]
    across, down = left - right, mouth - (right + left) / 2
    return np.all(known, 0) & (across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0] > 0)
