"""People through a clip: each one's body from frame to frame, and with it face and hands."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from threading import Semaphore

import numpy as np

from understudy.features.frames import ahead
from understudy.features.mediapipe.body import Body, look_at_body, propose_bodies, track_body
from understudy.features.mediapipe.hands import Hand, track_hand
from understudy.features.mediapipe.holistic import Holistic
from understudy.features.mediapipe.parts import CloseFace, PartFollower, track_close_face
from understudy.features.mediapipe.regions import HALF, Region, whole
from understudy.features.mediapipe.survey import Frames, Track, knows_better

AHEAD = 8  # frames that the body may be ahead of face and hands, and the video of the body


@dataclass(frozen=True)
class Sought:
    """Whom to follow. track: where a survey saw the person; windows (n,3) x0, y0, side: where they
    are looked for when lost, None for the whole frame."""

    track: Track
    windows: np.ndarray | None = None


@dataclass(frozen=True)
class Followed:
    """What was seen of a person; sure (n,) bool: by the survey, it was this person."""

    seen: Holistic
    sure: np.ndarray


def follow(frames: Frames, n: int, people: Sequence[Sought], threads: int) -> list[Followed]:
    """Follow people through the `n` frames of a clip; `frames` gives those of any indices, RGB
    (h,w,3), in that order.

    From each frame to the next one. Where the survey saw the person and this has lost them, has
    taken somebody else for them, or sees them less clearly, it goes on from there, and backward
    from there too, up to where the person is lost again or was known. Nothing is smoothed over
    time: that moves points that turn quickly, and the fit smooths better, knowing how bodies move.
    """
    turns = Semaphore(threads)
    with ExitStack() as stack:
        followers = [stack.enter_context(_Follower(n, sought, turns)) for sought in people]
        for index, frame in enumerate(ahead(frames(range(n)), AHEAD)):
            for follower in followers:
                follower.see(index, frame)
        return [follower.put_right(frames) for follower in followers]


def follow_body(frame: np.ndarray, last: Body | None, region: Region) -> Body | None:
    """The body of the frame before in this one; looked for in a region if it was, or is, lost."""
    body = None if last is None else track_body(frame, last)
    if body is None:
        proposed = propose_bodies(frame, region)
        body = look_at_body(frame, proposed[0]) if proposed else None
    return body


def window_region(window: np.ndarray) -> Region:
    """A window (x0, y0, side) as a region."""
    return Region(window[:2] + window[2] / 2 - HALF, float(window[2]))


class _Follower:
    """One person as they are followed."""

    def __init__(self, n: int, sought: Sought, turns: Semaphore) -> None:
        self._track, self._windows = sought.track.seen, sought.windows
        self._turns = turns
        self._seen = Holistic.unseen(n)
        self._nearest = _nearest(n, list(sought.track.bodies))
        self._sure = ~np.isin(self._nearest, list(set(sought.track.bodies) - set(self._track)))
        self._found_anew: list[int] = []  # frames in which the survey knew better
        self._body: Body | None = None
        self._face = PartFollower(track_close_face, turns)
        self._hands = [PartFollower(partial(_track_hand, side), turns) for side in (0, 1)]
        self._waiting: deque[tuple[int, Future[CloseFace | None], list[Future[Hand | None]]]]
        self._waiting = deque()
        self._threads = ExitStack()

    def __enter__(self) -> "_Follower":
        for part in (self._face, *self._hands):
            self._threads.enter_context(part)
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.close()

    def see(self, index: int, frame: np.ndarray) -> None:
        """The next frame of the clip."""
        region = whole(frame) if self._windows is None else window_region(self._windows[index])
        with self._turns:
            body = follow_body(frame, self._body, region)
        known = self._track.get(index)
        if known is not None and (body is None or knows_better(known.continuous, body.continuous)):
            body = known
            self._found_anew.append(index)
        self._keep(index, frame, body)

    def put_right(self, frames: Frames) -> Followed:
        """Go back from where the person was found anew; then everything that was seen."""
        for index in self._found_anew:
            self._go_back(index, frames)
        while self._waiting:
            self._store_parts(*self._waiting.popleft())
        return Followed(self._seen, self._sure)

    def _go_back(self, index: int, frames: Frames) -> None:
        """From a frame in which the person was found anew to where they were known before."""
        known = max((frame for frame in self._track if frame < index), default=-1)
        self._sure[:index] &= self._nearest[:index] != index
        for part in (self._face, *self._hands):
            part.forget()
        body = self._track[index]
        way = range(index - 1, known, -1)
        for at, frame in zip(way, frames(way), strict=True):
            with self._turns:
                found = track_body(frame, body)
            if found is None:
                return
            body = found
            if self._seen.seen[at] and not knows_better(body.continuous, self._seen.pose[at]):
                self._sure[known + 1 : at + 1] = True
                return
            self._keep(at, frame, body)
            self._sure[at] = True

    def _keep(self, index: int, frame: np.ndarray, body: Body | None) -> None:
        self._body = body
        if body is not None:
            self._seen.seen[index] = True
            self._seen.pose[index] = body.continuous
            self._seen.world[index] = body.world
        hands = [hand.see(frame, body) for hand in self._hands]
        self._waiting.append((index, self._face.see(frame, body), hands))
        if len(self._waiting) > AHEAD:
            self._store_parts(*self._waiting.popleft())

    def _store_parts(
        self, index: int, face: Future[CloseFace | None], hands: list[Future[Hand | None]]
    ) -> None:
        close = face.result()
        self._seen.face_seen[index] = close is not None
        self._seen.face[index] = 0 if close is None else close.points
        for side, found in enumerate(hands):
            hand = found.result()
            self._seen.hands_seen[index, side] = hand is not None
            self._seen.hands[index, side] = 0 if hand is None else hand.points + HALF


def _nearest(n: int, surveyed: list[int]) -> np.ndarray:
    """(n,) the surveyed frame nearest to each of n; -1 without any."""
    if not surveyed:
        return np.full(n, -1)
    return np.array(surveyed)[np.abs(np.arange(n)[:, None] - surveyed).argmin(1)]


def _track_hand(side: int, frame: np.ndarray, pose: np.ndarray, last: Hand | None) -> Hand | None:
    return track_hand(frame, pose, side, last)
