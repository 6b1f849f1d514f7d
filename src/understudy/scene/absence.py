"""Frames of a re-enactment in which nobody is to be seen."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np


def emptied(
    batches: Iterable[tuple[np.ndarray, ...]],
    drawn: np.ndarray,
    empty: Sequence[np.ndarray | int],
) -> Iterator[tuple[np.ndarray, ...]]:
    """Batches of pictures (b,h,w,c), one array for each of several videos; those of the frames that
    are not `drawn` (n,) are replaced, in place, by each video's `empty` one."""
    first = 0
    for pictures in batches:
        absent = ~drawn[first : first + len(pictures[0])]
        first += len(absent)
        for video, nobody in zip(pictures, empty, strict=False):
            video[absent] = nobody
        yield pictures
