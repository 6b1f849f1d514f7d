"""A second look at a face that Holistic found: the same frame, cropped close to the face.

Holistic guesses where the face is from the body's nose, eyes and ears. For a head seen from the
side its guess is poor, and the face that it draws is too frontal; a face detector that is shown
the face enlarged corrects that.
"""

import numpy as np

from understudy.features.mediapipe.face import face_detector, face_landmarks
from understudy.features.mediapipe.regions import around, turn, whole
from understudy.features.mediapipe.windows import cut_window, to_frame

SIZE = 512  # px of the square image
WIDTH = 3.0  # of the image, in face widths: detectors want some room around a face
NEAR = 0.5  # in face widths: a face whose centre is further off is someone else's
SURE = 0.1  # of the detector: a face is known to be there


def refined(frame: np.ndarray, face: np.ndarray) -> np.ndarray:
    """A face (478,2) px of an RGB frame (h,w,3), refined by a closer look; unchanged if that finds
    no face there. Pixels are continuous: the centre of the first one is (0.5, 0.5)."""
    low, high = face.min(0), face.max(0)
    middle, width = (low + high) / 2, float((high - low).max())
    side = WIDTH * width
    window = np.array([*(middle - side / 2), side])
    points = _landmarks(cut_window(frame, window, SIZE))
    if points is None:
        return face
    closer = to_frame((points + 0.5) / SIZE, window)
    apart = np.linalg.norm((closer.min(0) + closer.max(0)) / 2 - middle)
    return closer if apart < NEAR * width else face


def _landmarks(picture: np.ndarray) -> np.ndarray | None:
    """The surest face (478,2) in a picture, as MediaPipe's face mesh finds it in a single image."""
    seen = face_detector(SURE).find(picture, whole(picture))
    if not len(seen.score):
        return None
    low, high = seen.boxes[0, :2], seen.boxes[0, 2:]
    right, left, *_ = seen.keypoints[0]
    region = around((low + high) / 2, high - low, turn(right, left, 0), 1.5)
    face = face_landmarks(picture, region)
    return None if face is None else face.points[:, :2]
