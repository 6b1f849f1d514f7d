"""MediaPipe itself, to compare with: it has wheels for Python 3.11 and 3.12 only."""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from understudy.features.mediapipe.body import Body
from understudy.features.mediapipe.face import Face, track_face
from understudy.features.mediapipe.following import follow_body
from understudy.features.mediapipe.hands import Hand, track_hand
from understudy.features.mediapipe.holistic import Holistic
from understudy.features.mediapipe.regions import HALF, whole


@cache
def load_mediapipe() -> ModuleType:
    """Imported quietly and told where its own models are; skips the test where it is missing."""
    os.environ.setdefault("GLOG_minloglevel", "3")
    with _silent():
        mediapipe = pytest.importorskip("mediapipe", exc_type=ImportError)
        from mediapipe.python._framework_bindings import resource_util

        resource_util.set_resource_dir(str(Path(mediapipe.__file__).parent.parent))
    return mediapipe


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Without file descriptor 2: its native log bypasses Python."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def original(frames: Iterable[np.ndarray], n: int) -> Holistic:
    """What MediaPipe Holistic sees in `n` RGB frames, without its smoothing."""
    out = Holistic.unseen(n)
    with _silent():
        model = load_mediapipe().solutions.holistic.Holistic(
            smooth_landmarks=False, refine_face_landmarks=True
        )
        model.process(np.zeros((64, 64, 3), np.uint8))  # loads the models
    with model:
        for i, frame in enumerate(frames):
            answer = model.process(frame)
            size = np.array([frame.shape[1], frame.shape[0]])
            if answer.pose_landmarks:
                points = answer.pose_landmarks.landmark
                out.seen[i] = True
                out.pose[i, :, :2] = _xy(points) * size + HALF
                out.pose[i, :, 2] = [p.visibility for p in points]
                out.world[i] = [(p.x, p.y, p.z) for p in answer.pose_world_landmarks.landmark]
            if answer.face_landmarks:
                out.face_seen[i] = True
                out.face[i] = _xy(answer.face_landmarks.landmark) * size + HALF
            for side, hand in enumerate((answer.left_hand_landmarks, answer.right_hand_landmarks)):
                if hand:
                    out.hands_seen[i, side] = True
                    out.hands[i, side] = _xy(hand.landmark) * size + HALF
    return out


def ours(frames: Iterable[np.ndarray], n: int) -> Holistic:
    """The same by our runner, frame by frame, without the closer look at the face."""
    out = Holistic.unseen(n)
    body: Body | None = None
    face: Face | None = None
    hands: list[Hand | None] = [None, None]
    for i, frame in enumerate(frames):
        body = follow_body(frame, body, whole(frame))
        if body is None:
            face, hands = None, [None, None]
            continue
        out.seen[i] = True
        out.pose[i] = body.continuous
        out.world[i] = body.world
        face = track_face(frame, body.points, face)
        if face is not None:
            out.face_seen[i] = True
            out.face[i] = face.points[:, :2] + HALF
        hands = [track_hand(frame, body.points, side, hands[side]) for side in (0, 1)]
        for side, hand in enumerate(hands):
            if hand is not None:
                out.hands_seen[i, side] = True
                out.hands[i, side] = hand.points + HALF
    return out


def apart(one: Holistic, other: Holistic) -> np.ndarray:
    """(n,543) px between the points of both, NaN where one of them was not seen by both."""
    parts = [
        np.where(
            (one.seen & other.seen)[:, None],
            np.linalg.norm((one.pose - other.pose)[..., :2], axis=-1),
            np.nan,
        ),
        np.where(
            (one.face_seen & other.face_seen)[:, None],
            np.linalg.norm((one.face - other.face)[:, :468], axis=-1),
            np.nan,
        ),
    ]
    for side in (0, 1):
        both = one.hands_seen[:, side] & other.hands_seen[:, side]
        between = np.linalg.norm((one.hands - other.hands)[:, side], axis=-1)
        parts.append(np.where(both[:, None], between, np.nan))
    return np.concatenate(parts, axis=1)


def _xy(points: Iterable) -> np.ndarray:
    return np.array([(p.x, p.y) for p in points])
