"""A person through a clip: body, face and hands as MediaPipe Holistic follows them."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import numpy as np

from understudy.features.frames import ahead
from understudy.features.mediapipe.body import Body, look_at_body, propose_bodies
from understudy.features.mediapipe.face import Face, track_face
from understudy.features.mediapipe.face_closeup import refined
from understudy.features.mediapipe.hands import Hand, track_hand
from understudy.features.mediapipe.regions import HALF, Region, whole

AHEAD = 8  # frames that the body may be ahead of face and hands, and the video of the body

Part = TypeVar("Part")


@dataclass(frozen=True)
class Holistic:
    """What was seen of a person in n frames; pixels are continuous, unseen entries are zero.

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

    @classmethod
    def unseen(cls, n: int) -> "Holistic":
        """n frames in which nothing was seen."""
        return cls(
            pose=np.zeros((n, 33, 3)),
            world=np.zeros((n, 33, 3)),
            seen=np.zeros(n, bool),
            face=np.zeros((n, 478, 2)),
            face_seen=np.zeros(n, bool),
            hands=np.zeros((n, 2, 21, 2)),
            hands_seen=np.zeros((n, 2), bool),
        )


@dataclass(frozen=True)
class _CloseFace:
    """A face as it is followed, and its points (478,2), continuous px, after a closer look."""

    face: Face
    points: np.ndarray


class _Follower(Generic[Part]):
    """A part of a body from frame to frame, in a thread of its own: only the same part of the
    frame before must be known."""

    def __init__(self, track: Callable[[np.ndarray, np.ndarray, Part | None], Part | None]) -> None:
        self._track = track
        self._last: Part | None = None
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> "_Follower[Part]":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def see(self, frame: np.ndarray, body: Body | None) -> Future[Part | None]:
        return self._thread.submit(self._see, frame, body)

    def _see(self, frame: np.ndarray, body: Body | None) -> Part | None:
        self._last = None if body is None else self._track(frame, body.points, self._last)
        return self._last


def run_holistic(
    frames: Iterable[np.ndarray], n: int, windows: np.ndarray | None = None
) -> Holistic:
    """Follow one person through `n` RGB frames (h,w,3).

    `windows` (n,3), x0, y0, side: where the person is looked for when lost, which finds small
    figures and ignores other people. Nothing is smoothed over time: MediaPipe's filter lags
    behind fast limbs, and the fit smooths better, knowing past and future.
    """
    out = Holistic.unseen(n)
    body: Body | None = None
    waiting: deque[tuple[int, Future[_CloseFace | None], list[Future[Hand | None]]]] = deque()
    with ExitStack() as stack:
        face = stack.enter_context(_Follower(_track_face))
        hands = [stack.enter_context(_Follower(partial(_track_hand, side))) for side in (0, 1)]
        for index, frame in enumerate(ahead(frames, AHEAD)):
            region = whole(frame) if windows is None else window_region(windows[index])
            body = follow_body(frame, body, region)
            if body is not None:
                _store_body(out, index, body)
            seen_hands = [hand.see(frame, body) for hand in hands]
            waiting.append((index, face.see(frame, body), seen_hands))
            if len(waiting) > AHEAD:
                _store_parts(out, *waiting.popleft())
        while waiting:
            _store_parts(out, *waiting.popleft())
    return out


def follow_body(frame: np.ndarray, last: Body | None, region: Region) -> Body | None:
    """The body of the frame before in this one; looked for in a region if it was, or is, lost."""
    body = None if last is None else look_at_body(frame, last.following, last)
    if body is None:
        proposed = propose_bodies(frame, region)
        body = look_at_body(frame, proposed[0]) if proposed else None
    return body


def window_region(window: np.ndarray) -> Region:
    """A window (x0, y0, side) as a region."""
    return Region(window[:2] + window[2] / 2 - HALF, float(window[2]))


def _track_face(frame: np.ndarray, pose: np.ndarray, last: _CloseFace | None) -> _CloseFace | None:
    face = track_face(frame, pose, None if last is None else last.face)
    if face is None:
        return None
    return _CloseFace(face, refined(frame, face.points[:, :2] + HALF))


def _track_hand(side: int, frame: np.ndarray, pose: np.ndarray, last: Hand | None) -> Hand | None:
    return track_hand(frame, pose, side, last)


def _store_body(out: Holistic, index: int, body: Body) -> None:
    out.seen[index] = True
    out.pose[index] = body.continuous
    out.world[index] = body.world


def _store_parts(
    out: Holistic, index: int, face: Future[_CloseFace | None], hands: list[Future[Hand | None]]
) -> None:
    found = face.result()
    if found is not None:
        out.face_seen[index] = True
        out.face[index] = found.points
    for side, hand in enumerate(future.result() for future in hands):
        if hand is not None:
            out.hands_seen[index, side] = True
            out.hands[index, side] = hand.points[:, :2] + HALF
