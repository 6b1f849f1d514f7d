"""MediaPipe Holistic over a clip: body, face and hands of one person, in pixels of the video."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from understudy.features.mediapipe.face_closeup import FaceCloseup
from understudy.features.mediapipe.runtime import load_mediapipe, native_log_silenced
from understudy.features.mediapipe.windows import cut_window, to_frame

WINDOW_SIZE = 512  # px of the square image that shows a followed person


@dataclass(frozen=True)
class Holistic:
    """What Holistic saw in n frames; pixels are continuous, unseen entries are zero.

    pose (n,33,3): x, y px, visibility. world (n,33,3): metres from the hips, x right, y down,
    z away from the camera. seen (n,): a body was found.
    face (n,478,2) px, the last ten are irises; face_seen (n,).
    hands (n,2,21,2) px, left then right; hands_seen (n,2).
    """

    pose: np.ndarray
    world: np.ndarray
    seen: np.ndarray
    face: np.ndarray
    face_seen: np.ndarray
    hands: np.ndarray
    hands_seen: np.ndarray


def run_holistic(
    frames: Iterable[np.ndarray], n: int, windows: np.ndarray | None = None
) -> Holistic:
    """Follow one person through `n` RGB frames (h,w,3).

    `windows` (n,3), x0, y0, side, restricts each frame to a square around the person, which finds
    small figures and ignores other people. MediaPipe's temporal filter is off: it lags behind
    fast limbs, and the fit smooths better, knowing past and future.
    """
    out = Holistic(
        pose=np.zeros((n, 33, 3)),
        world=np.zeros((n, 33, 3)),
        seen=np.zeros(n, bool),
        face=np.zeros((n, 478, 2)),
        face_seen=np.zeros(n, bool),
        hands=np.zeros((n, 2, 21, 2)),
        hands_seen=np.zeros((n, 2), bool),
    )
    mediapipe = load_mediapipe()
    with native_log_silenced():
        model = mediapipe.solutions.holistic.Holistic(
            static_image_mode=False,
            model_complexity=1,
            smooth_landmarks=False,
            enable_segmentation=False,
            refine_face_landmarks=True,
        )
        model.process(np.zeros((64, 64, 3), np.uint8))  # loads the models
    with model, FaceCloseup() as closeup:
        for index, frame in enumerate(frames):
            _store(out, index, *_see(model, frame, None if windows is None else windows[index]))
            if out.face_seen[index]:
                out.face[index] = closeup.refined(frame, out.face[index])
    return out


def _see(
    model: Any, frame: np.ndarray, window: np.ndarray | None
) -> tuple[Any, Callable[[np.ndarray], np.ndarray]]:
    """Run the model on a frame or its window: its output, and the map from fractions to pixels.

    MediaPipe's points lie half a pixel of its input too far up and left: if the same frames are
    shown enlarged or mirrored, that offset stays.
    """
    if window is None:
        size = np.array([frame.shape[1], frame.shape[0]], float)
        return model.process(frame), lambda fractions: fractions * size + 0.5
    picture = cut_window(frame, window, WINDOW_SIZE)
    half = 0.5 / WINDOW_SIZE
    return model.process(picture), lambda fractions: to_frame(fractions + half, window)


def _store(
    out: Holistic, index: int, answer: Any, to_pixels: Callable[[np.ndarray], np.ndarray]
) -> None:
    """Write one frame's output into the arrays."""
    if answer.pose_landmarks:
        points = answer.pose_landmarks.landmark
        out.seen[index] = True
        out.pose[index, :, :2] = to_pixels(_xy(points))
        out.pose[index, :, 2] = [p.visibility for p in points]
        out.world[index] = [(p.x, p.y, p.z) for p in answer.pose_world_landmarks.landmark]
    if answer.face_landmarks:
        out.face_seen[index] = True
        out.face[index] = to_pixels(_xy(answer.face_landmarks.landmark))
    hands = (answer.left_hand_landmarks, answer.right_hand_landmarks)
    for side, hand in enumerate(hands):
        if hand:
            out.hands_seen[index, side] = True
            out.hands[index, side] = to_pixels(_xy(hand.landmark))


def _xy(points: Iterable) -> np.ndarray:
    return np.array([(p.x, p.y) for p in points])
