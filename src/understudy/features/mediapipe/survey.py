"""Who is where in frames spread over a clip: how many people there are, and which one matters.

What follows a person through all frames starts from here, and is put right by it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from understudy.features.frames import evenly, side_by_side
from understudy.features.mediapipe.body import Body
from understudy.features.mediapipe.crowd import find_crowd, find_everybody
from understudy.features.mediapipe.people import JOINTS, TORSO, clarity, torso_length

NEAR = 2.0  # torso lengths that a person moves at most between two of the frames
MOST_EMPTY = 0.5  # of the frames: with more, a crowd is looked for in …
LOOKED_AT = 5  # … so many of the empty ones
# Two views of a person differ if their points lie apart by more than this share of the torso's
# length in the median, one is clearer if its clarity is higher by so much, and a leg that is taken
# for a body has a torso shorter than this share of its person's.
ANOTHER, CLEARER, PART = 0.25, 0.05, 0.6

Frames = Callable[[Sequence[int]], Iterable[np.ndarray]]


@dataclass(frozen=True)
class Track:
    """One person: each surveyed frame, in order -> the body; None if it was not seen there."""

    bodies: dict[int, Body | None]

    @property
    def seen(self) -> dict[int, Body]:
        """The frames with a body."""
        return {frame: body for frame, body in self.bodies.items() if body is not None}

    def boxes(self) -> np.ndarray:
        """(m,4) x0, y0, x1, y1 around the landmarks where it was seen, continuous px."""
        xy = np.array([body.continuous[:, :2] for body in self.seen.values()]).reshape(-1, 33, 2)
        return np.concatenate([xy.min(1), xy.max(1)], axis=1)

    def prominence(self) -> float:
        """The sum of torso lengths, px: seen for long and large."""
        return sum(_torso(body) for body in self.seen.values())


@dataclass(frozen=True)
class Survey:
    """people: surveyed frame -> how many are in it; tracks: each of them, the most prominent
    first."""

    people: dict[int, int]
    tracks: list[Track]


def survey(indices: Sequence[int], frames: Frames, threads: int) -> Survey:
    """Look for everybody in the frames of a clip with these ascending indices; `frames` gives those
    of any indices, RGB (h,w,3)."""
    bodies = side_by_side(find_everybody, frames(indices), threads)
    found = dict(zip(indices, bodies, strict=True))
    people = {index: len(there) for index, there in found.items()}
    empty = [index for index in indices if not people[index]]
    if len(empty) > MOST_EMPTY * len(indices):
        some = [empty[at] for at in evenly(len(empty), LOOKED_AT)]
        crowds = [len(crowd) for crowd in side_by_side(find_crowd, frames(some), threads)]
        nearest = np.abs(np.subtract.outer(empty, some)).argmin(1)
        people |= {index: crowds[at] for index, at in zip(empty, nearest, strict=True)}
    return Survey(people, linked(found))


def linked(found: dict[int, list[Body]]) -> list[Track]:
    """The bodies found in each frame as tracks, the most prominent first.

    A body joins the track whose last one lies nearest, if that is within NEAR.
    """
    tracks: list[dict[int, Body]] = []
    for frame, bodies in found.items():
        last = [next(reversed(track.values())) for track in tracks]
        pairs = sorted(
            (_apart(body, other), i, j)
            for i, body in enumerate(bodies)
            for j, other in enumerate(last)
        )
        joined: dict[int, int] = {}  # body -> track
        for distance, i, j in pairs:
            if distance < NEAR and i not in joined and j not in joined.values():
                joined[i] = j
        for i, body in enumerate(bodies):
            if i in joined:
                tracks[joined[i]][frame] = body
            else:
                tracks.append({frame: body})
    everywhere = (Track({frame: track.get(frame) for frame in found}) for track in tracks)
    return sorted(everywhere, key=lambda track: -track.prominence())


def knows_better(points: np.ndarray, others: np.ndarray) -> bool:
    """Whether a person's body (33,3) is to be believed rather than `others` (33,3), which was
    followed into the same frame: if `others` is somebody else's, a torso length away, or another,
    less clear view of the person; but not if `points` are only a part of that."""
    torso, other, off = torso_length(points), torso_length(others), (points - others)[:, :2]
    larger = max(torso, other)
    if np.linalg.norm(off[TORSO].mean(0)) > larger:
        return True
    differs = np.median(np.linalg.norm(off, axis=1)) > ANOTHER * larger
    clearer = clarity(points) > clarity(others) + CLEARER
    return bool(differs and clearer and torso > PART * other)


def _apart(body: Body, other: Body) -> float:
    """Median distance of joints, in torso lengths of the larger."""
    scale = max(_torso(body), _torso(other), 1e-9)
    between = np.linalg.norm((body.points - other.points)[JOINTS, :2], axis=1)
    return float(np.median(between) / scale)


def _torso(body: Body) -> float:
    return float(torso_length(body.points))
