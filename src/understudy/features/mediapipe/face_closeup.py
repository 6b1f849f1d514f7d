"""A second look at a face that Holistic found: the same frame, cropped close to the face.

Holistic guesses where the face is from the body's nose, eyes and ears. For a head seen from the
side its guess is poor, and the face that it draws is too frontal; a face detector that is shown
the face enlarged corrects that.
"""

import numpy as np

from understudy.features.mediapipe.runtime import load_mediapipe, native_log_silenced
from understudy.features.mediapipe.windows import cut_window, to_frame

SIZE = 512  # px of the square image
WIDTH = 3.0  # of the image, in face widths: detectors want some room around a face
NEAR = 0.5  # in face widths: a face whose centre is further off is someone else's


class FaceCloseup:
    """MediaPipe's face mesh on crops of frames, each independently. A context manager."""

    def __enter__(self) -> "FaceCloseup":
        mediapipe = load_mediapipe()
        with native_log_silenced():
            self._model = mediapipe.solutions.face_mesh.FaceMesh(
                static_image_mode=True,
                max_num_faces=1,
                refine_landmarks=True,
                min_detection_confidence=0.1,
            )
            self._model.process(np.zeros((64, 64, 3), np.uint8))  # loads the models
        return self

    def __exit__(self, *_: object) -> None:
        self._model.close()

    def refined(self, frame: np.ndarray, face: np.ndarray) -> np.ndarray:
        """A face (478,2) px of an RGB frame (h,w,3), refined by a closer look; unchanged if that
        finds no face there."""
        low, high = face.min(0), face.max(0)
        middle, width = (low + high) / 2, float((high - low).max())
        side = WIDTH * width
        window = np.array([*(middle - side / 2), side])
        answer = self._model.process(cut_window(frame, window, SIZE))
        if not answer.multi_face_landmarks:
            return face
        points = np.array([(p.x, p.y) for p in answer.multi_face_landmarks[0].landmark])
        # Half a pixel of the image, as in everything that MediaPipe finds (see `holistic`).
        closer = to_frame(points + 0.5 / SIZE, window)
        apart = np.linalg.norm((closer.min(0) + closer.max(0)) / 2 - middle)
        return closer if apart < NEAR * width else face
