"""Somebody else in the place of the person who is followed: after they have left, or at a jump.

What a tracker follows is divided where it was lost for a while, or continues elsewhere in the
picture. A part in other clothes than the longest is somebody else's.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from understudy.features.frames import evenly
from understudy.features.tracks import likeness, look_of, overlap

AWAY = 0.5  # s: somebody who is not seen for longer has been lost
TOUCHES = 0.05  # overlap of two boxes, one after the other, that are one person's
# Likeness of two parts' colours below which they are two people. On real films it is 0.82 or more
# between halves of a clip of one person, and mostly below 0.8 between people.
ALIKE = 0.7
LOOKS = 8  # frames of a part whose colours count


def strangers(
    frames: Callable[[Sequence[int]], Iterable[np.ndarray]], boxes: np.ndarray, fps: float
) -> np.ndarray:
    """(n,) bool: in which frames a box is somebody else's. frames: gives those of any indices, RGB
    (h,w,3); boxes (n,4): around the person who is followed, x0, y0, x1, y1 px, NaN where unseen."""
    others = np.zeros(len(boxes), bool)
    parts = sorted(_parts(boxes, round(AWAY * fps)), key=len, reverse=True)
    if len(parts) < 2:
        return others
    looks = [_look(frames, boxes, part) for part in parts]
    known, seen = looks[0], len(parts[0])
    for part, look in zip(parts[1:], looks[1:], strict=True):
        if likeness(known[None], look[None])[0, 0] < ALIKE:
            others[part] = True
        else:
            known = (seen * known + len(part) * look) / (seen + len(part))
            seen += len(part)
    return others


def _parts(boxes: np.ndarray, away: int) -> list[np.ndarray]:
    """The frames in which somebody is seen without having been lost, part by part."""
    seen = np.flatnonzero(~np.isnan(boxes).any(1))
    breaks = [
        at
        for at, (before, now) in enumerate(pairwise(seen), 1)
        if now - before > away or overlap(boxes[[before]], boxes[[now]])[0, 0] < TOUCHES
    ]
    return [part for part in np.split(seen, breaks) if len(part)]


def _look(
    frames: Callable[[Sequence[int]], Iterable[np.ndarray]], boxes: np.ndarray, part: np.ndarray
) -> np.ndarray:
    """(128,) the mean colours of a part."""
    some = part[evenly(len(part), LOOKS)].tolist()
    return np.mean(
        [look_of(frame, boxes[at]) for at, frame in zip(some, frames(some), strict=True)], 0
    )
