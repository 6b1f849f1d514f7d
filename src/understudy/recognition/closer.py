"""Two videos that may be copies, compared frame by frame in finer cells.

Two people who do the same in one room move the same coarse cells at the same moments, so that their
moments may agree nearly as well as a copy's. Their frames do not: those of a copy are all in the
original, with the same outlines and clothes, whatever its rate and size.
"""

from dataclasses import dataclass

import numpy as np
import torch

from understudy.recognition.decoding import decode
from understudy.recognition.fingerprint import AT_ONCE, DECODED, relative_contrast
from understudy.recognition.moving import what_moves
from understudy.recognition.places import WHOLE, Part, View

MOST = 1200  # frames of a video; of a longer one they lie further apart
CELLS = 48
LAG = 0.25  # s between two frames that are compared to see what moves
SAMPLED, KEPT = 36, 16  # moments: looked at, and those of them in which most moves
NEAR, AROUND = 0.13, 7  # s: how far off the other's frame may lie; frames tried there
STILLS = 48  # frames that tell what is there most of the time


@dataclass(frozen=True, eq=False)
class Frames:
    """times (n,), s; contrast (n,DECODED,DECODED) float16, as in `fingerprint`."""

    times: np.ndarray
    contrast: np.ndarray


@dataclass(frozen=True)
class Match:
    """How two videos may be one: what each shows of the place, and when: a moment of one at t s is
    that of two at start + pace·t."""

    view: View
    start: float
    pace: float


def read_frames_of(path: str, last: float) -> Frames:
    """last: the time of its last frame, s. Raises UserError for a video that cannot be read."""
    grey = decode(path, DECODED, MOST).float().mean(0)
    contrast = torch.cat([relative_contrast(some).half() for some in grey.split(AT_ONCE)])
    return Frames(np.linspace(0, last, len(contrast)), contrast.numpy())


def agreement(one: Frames, two: Frames, match: Match) -> float:
    """How well what moves in the frames of both agrees, in [-1,1]: the median over the moments of
    one in which most moves, each with the likest frames of two near its own moment."""
    first = max(0.0, -match.start / match.pace)
    final = min(one.times[-1], (two.times[-1] - match.start) / match.pace) - LAG
    if final <= first:
        return 0.0
    moments = np.linspace(first, final, SAMPLED)
    before, after = _nearest(one.times, moments), _nearest(one.times, moments + LAG)
    a, still_a = _Seen(one, match.view.of_one), _stills(one, match.view.of_one)
    moving, size = what_moves(a[after] - a[before], still_a)
    b, still_b = _Seen(two, match.view.of_two), _stills(two, match.view.of_two)
    near = NEAR * max(match.pace, 1.0)
    values = []
    for k in np.argsort(-size)[:KEPT]:
        starts, ends = (
            _around(two.times, match.start + match.pace * one.times[frame[k]], near)
            for frame in (before, after)
        )
        changes = b[ends][None] - b[starts][:, None]
        tried = changes[starts[:, None] < ends]
        if len(tried):
            values.append((what_moves(tried, still_b)[0] @ moving[k]).max())
    return float(np.median(values)) if values else 0.0


class _Seen:
    """The part of some frames, indexed by their numbers: (n,CELLS,CELLS) float32."""

    def __init__(self, frames: Frames, part: Part) -> None:
        self.contrast, self.part = frames.contrast, part

    def __getitem__(self, numbers: np.ndarray) -> np.ndarray:
        return _cells(self.contrast[numbers].astype(np.float32), self.part)


def _stills(frames: Frames, part: Part) -> np.ndarray:
    """What is there most of the time, (CELLS,CELLS)."""
    some = np.linspace(0, len(frames.times) - 1, STILLS).round().astype(int)
    return _cells(np.median(frames.contrast[some].astype(np.float32), 0)[None], part)[0]


def _cells(images: np.ndarray, part: Part) -> np.ndarray:
    shown = images if part == WHOLE else part.of(images)
    step = DECODED // CELLS
    return shown.reshape(len(shown), CELLS, step, CELLS, step).mean((2, 4))


def _nearest(times: np.ndarray, moments: np.ndarray) -> np.ndarray:
    return np.abs(times - moments[:, None]).argmin(1)


def _around(times: np.ndarray, moment: float, near: float) -> np.ndarray:
    """At most AROUND frames within `near` of a moment; the nearest one if there is none."""
    inside = np.flatnonzero(np.abs(times - moment) <= near)
    if not len(inside):
        return _nearest(times, np.array([moment]))
    count = min(AROUND, len(inside))
    return inside[np.linspace(0, len(inside) - 1, count).round().astype(int)]
