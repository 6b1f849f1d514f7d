"""One person through a clip: boxes of people linked from frame to frame.

A box continues the one that it overlaps and resembles in colour: people who cross are told apart by
their clothes. Someone who was away is recognised by colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

OVERLAP = 0.2  # of two boxes, above which they may be the same person's
ALIKE = 0.85  # likeness above which they may be, wherever they are
FADES = 0.5  # s after which an overlap counts half
LEARNS = 0.1  # how fast a person's colours follow what is seen

SURE = 0.5  # minimum score of a box that is counted
SMALLEST = 0.35  # of the largest box's height, for another to be counted
PART = 0.8  # share of a box inside a larger one, above which it is part of that person

_LEVELS = 4  # per colour channel


@dataclass(frozen=True)
class People:
    """For one frame: boxes (k,4) x0, y0, x1, y1 px; score (k,); look (k,128): their colours."""

    boxes: np.ndarray
    score: np.ndarray
    look: np.ndarray


@dataclass
class Track:
    """A person: in which frames, boxes (4,) px there, and their colours (128,)."""

    look: np.ndarray
    frames: list[int] = field(default_factory=list)
    boxes: list[np.ndarray] = field(default_factory=list)

    @property
    def prominence(self) -> float:
        """Seen for long and large: the sum of the boxes' heights, px."""
        return float(sum(box[3] - box[1] for box in self.boxes))


def look_of(frame: np.ndarray, box: np.ndarray) -> np.ndarray:
    """(128,) how often each of 64 colours occurs in the middle of a box, upper and lower half;
    each half sums to 1/2. frame (h,w,3) RGB uint8."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    columns = _between(x0 + width / 4, x1 - width / 4, frame.shape[1])
    halves = []
    for top, bottom in ((y0 + height / 8, y0 + height / 2), (y0 + height / 2, y1 - height / 8)):
        part = frame[_between(top, bottom, frame.shape[0]), columns].reshape(-1, 3).astype(int)
        level = part * _LEVELS // 256
        colour = (level[:, 0] * _LEVELS + level[:, 1]) * _LEVELS + level[:, 2]
        halves.append(np.bincount(colour, minlength=_LEVELS**3) / (2 * len(part)))
    return np.concatenate(halves)


def _between(low: float, high: float, size: int) -> slice:
    """At least one pixel of an axis of `size`."""
    first = int(np.clip(low, 0, size - 1))
    return slice(first, max(first + 1, int(high)))


def follow(people: Sequence[People], fps: float) -> list[Track]:
    """Everybody through the frames of a clip, the most prominent first."""
    tracks: list[Track] = []
    for frame, seen in enumerate(people):
        taken = set()
        if tracks and len(seen.boxes):
            affinity = _affinity(tracks, seen, frame, fps)
            for i, j in zip(*linear_sum_assignment(-affinity), strict=True):
                if affinity[i, j] > 0:
                    taken.add(int(j))
                    _append(tracks[i], frame, seen, j)
        for j in set(range(len(seen.boxes))) - taken:
            tracks.append(Track(seen.look[j]))
            _append(tracks[-1], frame, seen, j)
    return sorted(tracks, key=lambda track: -track.prominence)


def _append(track: Track, frame: int, seen: People, j: int) -> None:
    track.frames.append(frame)
    track.boxes.append(seen.boxes[j])
    track.look = (1 - LEARNS) * track.look + LEARNS * seen.look[j]


def _affinity(tracks: list[Track], seen: People, frame: int, fps: float) -> np.ndarray:
    """(tracks, k): overlap plus likeness, 0 where it cannot be the same person."""
    last = np.stack([track.boxes[-1] for track in tracks])
    away = np.array([frame - track.frames[-1] for track in tracks]) / fps
    fade = 0.5 ** ((away - 1 / fps) / FADES)
    near = overlap(last, seen.boxes) * fade[:, None]
    alike = likeness(np.stack([track.look for track in tracks]), seen.look)
    return np.where((near >= OVERLAP) | (alike >= ALIKE), near + alike, 0.0)


def likeness(looks: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(k,m) Bhattacharyya's coefficients of looks (k,B) and others (m,B), 1 if equal."""
    return np.sqrt(looks) @ np.sqrt(others).T


def overlap(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(k,m) intersection over union of boxes (k,4) and others (m,4)."""
    shared = _shared(boxes, others)
    return shared / np.maximum(_area(boxes)[:, None] + _area(others) - shared, 1e-9)


def count_people(people: People) -> int:
    """The number of people in a frame, without parts of them and distant passers-by."""
    boxes = people.boxes[people.score >= SURE]
    boxes = boxes[np.argsort(-_area(boxes), kind="stable")]
    kept: list[np.ndarray] = []
    for box in boxes:
        if kept and box[3] - box[1] < SMALLEST * (kept[0][3] - kept[0][1]):
            continue
        inside = _shared(box[None], np.array(kept).reshape(-1, 4)) / max(_area(box[None])[0], 1e-9)
        if not (inside > PART).any():
            kept.append(box)
    return len(kept)


def _area(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2:] - boxes[:, :2]).prod(1)


def _shared(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    low = np.maximum(boxes[:, None, :2], others[:, :2])
    high = np.minimum(boxes[:, None, 2:], others[:, 2:])
    return (high - low).clip(min=0).prod(-1)
