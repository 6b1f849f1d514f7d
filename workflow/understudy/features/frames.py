"""Frames of a video, a few at a time, so that memory does not grow with its length."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from understudy.video.read import read_frames

BATCH = 32


def stream_frames(path: Path | str, indices: Sequence[int]) -> Iterator[np.ndarray]:
    """The frames `indices` of a video one by one, RGB uint8 (h,w,3)."""
    for start in range(0, len(indices), BATCH):
        yield from read_frames(path, indices[start : start + BATCH])


def evenly(n: int, count: int) -> list[int]:
    """At most `count` indices of 0…n−1, evenly spread, ends included."""
    return np.unique(np.linspace(0, n - 1, min(n, count)).round().astype(int)).tolist()
