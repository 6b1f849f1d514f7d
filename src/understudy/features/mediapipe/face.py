"""The face of a person whose body is known, as MediaPipe Holistic finds it in a frame.

Coordinates are MediaPipe's (see `regions`). Every function may be called from several threads.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from understudy.features.mediapipe.detectors import Detector
from understudy.features.mediapipe.face_attention import SIZE, load_face_attention
from understudy.features.mediapipe.models import load_model
from understudy.features.mediapipe.regions import Region, around, cut, to_image, turn
from understudy.features.mediapipe.tracking import Limits, tracked

# Of the 33 of the pose: nose, eyes, ears, mouth; the right and the left eye.
HEAD, EYES = slice(0, 11), (5, 2)
CORNERS = (33, 263)  # of the mesh: the outer corners of the right and the left eye
PRESENT = 0.5  # a face that is less likely one is none
LIMITS = Limits(rotation=np.radians(15), shift=0.1, scale=0.3, margin=-0.2)
GRIDS = [(16, 2), (8, 6)]  # of the short-range detector


@dataclass(frozen=True)
class Face:
    """points (478,3): x, y, z px, z grows away from the camera and is relative; the last ten are
    the irises, 468–472 the right eye's, 473–477 the left one's, the centre first. presence: how
    likely it is a face, in [0,1]."""

    points: np.ndarray
    presence: float


def track_face(image: np.ndarray, pose: np.ndarray, previous: Face | None) -> Face | None:
    """The face of a body (33,2+) px in an RGB image (h,w,3); `previous`: the one of the frame
    before, if it was found there. None if none is seen."""
    found = face_region(image, pose)
    if found is None:
        return None
    if previous is not None:
        points = previous.points[:, :2]
        found = tracked(points, region_of_landmarks(points), found, LIMITS)
    return face_landmarks(image, found)


def face_region(image: np.ndarray, pose: np.ndarray) -> Region | None:
    """Where the detector sees a face around the head of a body (33,2+) px; None if nowhere."""
    head = pose[HEAD, :2]
    look = _around(head, turn(pose[EYES[0], :2], pose[EYES[1], :2], 0), 3.0)
    seen = face_detector(0.5).find(image, look)
    if not len(seen.score):
        return None
    points = seen.keypoints[0]
    return _around(points, turn(points[0], points[1], 0), 2.0, shift=-0.1)


def region_of_landmarks(points: np.ndarray) -> Region:
    """Where to look for a face that was at landmarks (478,2) px in the frame before."""
    return _around(points, turn(points[CORNERS[0]], points[CORNERS[1]], 0), 1.5)


def face_landmarks(image: np.ndarray, region: Region) -> Face | None:
    """The face in a region; None if that shows none."""
    picture = cut(image, region, SIZE, cv2.BORDER_REPLICATE)
    points, presence = load_face_attention()(picture)
    if presence <= PRESENT:
        return None
    xy = to_image(points[:, :2] / SIZE, region)
    return Face(np.column_stack([xy, points[:, 2] / SIZE * region.side]), presence)


@cache
def face_detector(threshold: float) -> Detector:
    """MediaPipe's short-range face detector. Its first keypoints are the right and the left eye."""
    return Detector(load_model("face_detection"), 128, GRIDS, symmetric=True, threshold=threshold)


def _around(points: np.ndarray, rotation: float, scale: float, shift: float = 0.0) -> Region:
    """The region around the upright box of points (k,2)."""
    low, high = points.min(0), points.max(0)
    return around((low + high) / 2, high - low, rotation, scale, shift)
