"""Pictures that were decoded from damaged data which no decoder takes for damaged.

In HEVC, VP9 and VP8 nearly every row of bits is valid, and stands for some picture. Damage still
shows: part of the picture suddenly changes, or changes back, and the edges of what changed lie on
the grid of eight pixels on which all these coders work. The edges of real things lie anywhere.
"""

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from av import VideoFrame

GRID = 8  # px
THINNED = (
    640  # px of the longer side, from twice of which on only some rows and columns are compared
)
ALONG = 48  # blocks along the longer side
CHANGED = 12  # grey levels, mean of a block that may have changed suddenly …
SUDDEN = 2.5  # … if it changes so many times as much as it or its neighbours …
AROUND = 3  # … in so many frames before, or after
SHARE, FEWEST = 0.01, 4  # of the blocks, that change together
REPEATS = 0.25  # of what frames usually change: a frame that changes less repeats the one before
USUAL = 12  # frames, of which the one that changes second most says what is usual
EDGE = 24  # grey levels, by which neighbouring pixels change unequally
# Times as many edges on the grid as beside it, and edges: at all, and for each changed block. Where
# people move it is 0.9 to 1.2 times, at cuts up to 1.7; where damage begins or ends mostly 1.8 to
# 5, and also where a coder had far too few bits. Light that is switched has edges, but few.
ON_GRID, EDGES, EDGES_A_BLOCK = 1.8, 100, 2
SILENT = {"hevc", "vp9", "vp8"}  # FFmpeg's names of coders whose decoders hardly notice damage


@dataclass(frozen=True)
class _Seen:
    """A frame; thin (h,w) uint8: some of its luma; change (h',w') uint8: from the frame before,
    mean of its blocks."""

    index: int
    frame: VideoFrame
    thin: np.ndarray
    change: np.ndarray


class Glitches:
    """Takes decoded frames one after another, as they are stored; keeps a few.

    first: the index of the first frame that shows damage, or of the one after it; None: none does.
    """

    def __init__(self) -> None:
        self.first: int | None = None
        self._seen: deque[_Seen] = deque(maxlen=AROUND + 2)
        self._changes: deque[float] = deque(maxlen=USUAL)
        self._index = -1

    def see(self, frame: VideoFrame) -> None:
        """The next frame; of a format without a plane of luma, nothing is seen."""
        self._index += 1
        if self.first is not None or not _has_luma(frame):
            return
        light = luma(frame)
        step = max(1, max(light.shape) // THINNED)
        thin = np.ascontiguousarray(light[::step, ::step])
        if not self._seen:
            self._seen.append(_Seen(self._index, frame, thin, np.zeros((1, 1), np.uint8)))
            return
        side = max(1, round(max(thin.shape) / ALONG))
        size = max(1, thin.shape[1] // side), max(1, thin.shape[0] // side)
        changed = cv2.absdiff(thin, self._seen[-1].thin)
        change = cv2.resize(changed, size, interpolation=cv2.INTER_AREA)
        self._changes.append(float(change.mean()))
        if change.mean() < REPEATS * sorted(self._changes)[-2:][0]:
            return
        self._seen.append(_Seen(self._index, frame, thin, change))
        seen = list(self._seen)
        known = 2 if seen[0].index == 0 else 1  # of the very first frame, no change is known
        if len(seen) > known + 1:
            self._judge(seen[-2], seen[-1], [one.change for one in seen[known:-1]])
        if len(seen) == AROUND + 2:
            self._judge(seen[0], seen[1], [one.change for one in seen[2:]])

    def _judge(self, before: _Seen, now: _Seen, others: list[np.ndarray]) -> None:
        """Whether what changes in a frame changes suddenly, and along the grid."""
        near = np.ones((3, 3), np.uint8)
        most = np.max([cv2.dilate(other, near) for other in others], 0)
        sudden = (now.change > CHANGED) & (now.change > SUDDEN * most)
        if sudden.sum() < max(FEWEST, SHARE * sudden.size):
            return
        on, beside = edges(luma(before.frame), luma(now.frame), sudden)
        step = max(now.frame.width, now.frame.height) / max(now.thin.shape)
        enough = on >= max(EDGES, EDGES_A_BLOCK * step * sudden.sum())
        if self.first is None and enough and on > ON_GRID * beside:
            self.first = now.index


def _has_luma(frame: VideoFrame) -> bool:
    """Whether a frame's format is planar, with brightness first."""
    return bool(frame.format.is_planar and frame.format.components[0].is_luma)


def luma(frame: VideoFrame) -> np.ndarray:
    """The brightness of a frame that has a plane of it, as stored: (h,w) uint8, a view if it has 8
    bits."""
    plane, bits = frame.planes[0], frame.format.components[0].bits
    kind = np.uint8 if bits == 8 else np.uint16
    stored = np.frombuffer(plane, kind)  # type: ignore[call-overload]  # a buffer, unlike its stub
    rows = stored.reshape(-1, plane.line_size // kind().itemsize)
    light = rows[: frame.height, : frame.width]
    return light if bits == 8 else (light >> (bits - 8)).astype(np.uint8)


def edges(before: np.ndarray, now: np.ndarray, where: np.ndarray) -> tuple[int, float]:
    """How many edges of the change from one picture (h,w) to the next lie on the grid, and how many
    on one beside it, in the blocks `where` (h',w') and next to them."""
    wide = cv2.dilate(where.astype(np.uint8), np.ones((3, 3), np.uint8))
    size = now.shape[1], now.shape[0]
    within = cv2.resize(wide, size, interpolation=cv2.INTER_NEAREST) > 0
    change = now.astype(np.int16) - before
    at_columns = ((np.abs(np.diff(change, axis=1)) > EDGE) & within[:, 1:]).sum(0)
    at_rows = ((np.abs(np.diff(change, axis=0)) > EDGE) & within[1:]).sum(1)
    on = int(at_columns[GRID - 1 :: GRID].sum() + at_rows[GRID - 1 :: GRID].sum())
    return on, float(at_columns.sum() + at_rows.sum() - on) / (GRID - 1)
