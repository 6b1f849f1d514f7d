"""Which part of a reference is re-enacted: the one that shows its person.

Somebody who comes late or leaves early is not drawn standing at the picture's edge meanwhile.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import load_arrays
from understudy.errors import UserError

AWAY = 0.5  # s: somebody who is not seen for longer has left, and comes back
MOMENT = 0.5  # s that somebody has to be there, at least …
SHARE = 0.2  # … and as a share of the longest time: a passer-by, a mistake
FEWEST = 2  # frames of a clip
HIDDEN = 1.0  # s: over a longer absence within the part the person is not drawn


@dataclass(frozen=True)
class Shown:
    """first, stop: the frames first ≤ t < stop of a clip are re-enacted; drawn (stop − first,)
    bool: those that draw the figure; frames: of the whole clip; fps."""

    first: int
    stop: int
    drawn: np.ndarray
    frames: int
    fps: float

    def __len__(self) -> int:
        return self.stop - self.first

    @property
    def part(self) -> slice:
        return slice(self.first, self.stop)

    def told(self) -> str | None:
        """What is left out of the clip, in words; None if nothing is."""
        left_out = []
        if self.first:
            left_out.append(f"before {self.first / self.fps:.1f} s")
        if self.stop < self.frames:
            left_out.append(f"after {self.stop / self.fps:.1f} s")
        if not self.drawn.all():
            away = float((~self.drawn).sum()) / self.fps
            left_out.append(f"for {away:.1f} s in between")
        return f"nobody is seen {' and '.join(left_out)}" if left_out else None


def shown(confidence: np.ndarray, fps: float) -> Shown:
    """From a fit's confidence (n,), 0 where nobody is seen. A clip that shows nobody for
    longer than a frame is shown whole."""
    seen = _stretches(confidence > 0, round(AWAY * fps))
    longest = max((stop - start for start, stop in seen), default=0)
    least = min(longest, max(MOMENT * fps, SHARE * longest))
    there = [(start, stop) for start, stop in seen if stop - start >= least]
    if longest < FEWEST:
        there = [(0, len(confidence))]
    first, stop = there[0][0], there[-1][1]
    drawn = np.ones(stop - first, bool)
    for (_, left), (back, _) in pairwise(there):
        if back - left > HIDDEN * fps:
            drawn[left - first : back - first] = False
    return Shown(first, stop, drawn, len(confidence), fps)


def read_shown(path: Path | str) -> Shown:
    """Of a fit file; UserError if it is not one."""
    stored = load_arrays(path, "fit")
    try:
        return shown(stored["confidence"], float(stored.about["fps"]))
    except KeyError as error:
        raise UserError(f"{path}: the fit lacks {error}; delete it and rerun") from error


def _stretches(seen: np.ndarray, away: int) -> list[tuple[int, int]]:
    """The spans of frames (n,) in which somebody is seen, those less than `away` apart joined."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(int), [0]])))
    spans: list[tuple[int, int]] = []
    for start, stop in edges.reshape(-1, 2).tolist():
        if spans and start - spans[-1][1] <= away:
            spans[-1] = spans[-1][0], stop
        else:
            spans.append((start, stop))
    return spans
