"""A face or a hand of a body, from frame to frame, while the body is followed further on."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Semaphore
from typing import Generic, TypeVar

import numpy as np

from understudy.features.mediapipe.body import Body
from understudy.features.mediapipe.face import Face, track_face
from understudy.features.mediapipe.face_closeup import refined
from understudy.features.mediapipe.regions import HALF

Part = TypeVar("Part")


class PartFollower(Generic[Part]):
    """A part of a body from frame to frame, in a thread of its own: only the same part of the
    frame before must be known.

    track: finds it in a frame (h,w,3) with the body's points (33,3) px and, if it was seen there,
    as it was in the frame before; turns: how many threads may compute at a time.
    """

    def __init__(
        self,
        track: Callable[[np.ndarray, np.ndarray, Part | None], Part | None],
        turns: Semaphore,
    ) -> None:
        self._track, self._turns = track, turns
        self._last: Part | None = None
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> "PartFollower[Part]":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def see(self, frame: np.ndarray, body: Body | None) -> Future[Part | None]:
        """The part in the next frame, which may be the one before as well."""
        return self._thread.submit(self._see, frame, body)

    def forget(self) -> None:
        """Go on as if it had not been seen in the frame before."""
        self._thread.submit(self._forget)

    def _forget(self) -> None:
        self._last = None

    def _see(self, frame: np.ndarray, body: Body | None) -> Part | None:
        with self._turns:
            self._last = None if body is None else self._track(frame, body.points, self._last)
        return self._last


@dataclass(frozen=True)
class CloseFace:
    """A face as it is followed, and its points (478,2), continuous px, after a closer look."""

    face: Face
    points: np.ndarray


def track_close_face(
    frame: np.ndarray, pose: np.ndarray, last: CloseFace | None
) -> CloseFace | None:
    """`track_face`, and a closer look at what it finds."""
    face = track_face(frame, pose, None if last is None else last.face)
    if face is None:
        return None
    return CloseFace(face, refined(frame, face.points[:, :2] + HALF))
