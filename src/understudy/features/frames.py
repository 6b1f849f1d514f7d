"""Work on the frames of a video, a few at a time, so that memory does not grow with its length."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from understudy.errors import UserError
from understudy.video.probe import probe

AHEAD = 8  # frames

Item = TypeVar("Item")
Result = TypeVar("Result")


def evenly(n: int, count: int) -> list[int]:
    """At most `count` indices of 0…n−1, evenly spread, ends included."""
    return np.unique(np.linspace(0, n - 1, min(n, count)).round().astype(int)).tolist()


def ahead(items: Iterable[Item], count: int = AHEAD) -> Iterator[Item]:
    """The items, up to `count` of them prepared ahead in a thread: a video is decoded while the
    network runs."""
    source = iter(items)

    def following() -> list[Item]:
        """The next item, if there is one."""
        return list(islice(source, 1))

    with ThreadPoolExecutor(1) as thread:
        waiting = deque(thread.submit(following) for _ in range(count))
        try:
            while found := waiting.popleft().result():
                waiting.append(thread.submit(following))
                yield found[0]
        finally:
            thread.shutdown(cancel_futures=True)


def side_by_side(
    function: Callable[[Item], Result], items: Iterable[Item], threads: int
) -> Iterator[Result]:
    """The function of each item, in their order; `threads` of them are worked on at a time."""
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of `size`, the last one shorter."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def check_length(video: Path | str, frames: int) -> None:
    """UserError if the features of `frames` frames cannot be from this video."""
    there = probe(video).frames
    if there != frames:
        raise UserError(
            f"{video}: has {there} frames, but its keypoints {frames}; delete them and rerun"
        )
