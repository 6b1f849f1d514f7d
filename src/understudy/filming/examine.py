"""How a clip was filmed: from its video and the keypoints of its person to what happens in it."""

from collections.abc import Iterable

import numpy as np

from understudy.artifacts.filming import Event
from understudy.filming.events import events
from understudy.filming.measure import measure

LEAST_SCORE = 0.3  # of a body's point that is seen
FEWEST = 5  # points of a body that is seen
AROUND = 0.12  # of the points' larger extent: hair, hands and feet beyond them


def examine(
    frames: Iterable[np.ndarray], xy: np.ndarray, score: np.ndarray, fps: float
) -> dict[str, Event]:
    """What happens in a clip besides the action, by name. frames: (h,w,3) uint8 RGB; xy (n,133,2)
    px, score (n,133): the keypoints of the person in it."""
    source = iter(frames)
    first = next(source)
    size = first.shape[0], first.shape[1]

    def all_of_them() -> Iterable[np.ndarray]:
        yield first
        yield from source

    seen = measure(all_of_them(), boxes_of(xy, score, size), fps, size)
    return events(seen, leaps(xy, score))


def leaps(xy: np.ndarray, score: np.ndarray) -> np.ndarray:
    """(n,) how far the body is from where it was the frame before: the median over its points, in
    units of its height; 0 where it is not seen in both."""
    points, good = xy[:, :17], score[:, :17] > LEAST_SCORE
    leap = np.zeros(len(xy))
    for t in range(1, len(xy)):
        both = good[t] & good[t - 1]
        if both.sum() >= FEWEST:
            moved = np.linalg.norm(points[t, both] - points[t - 1, both], axis=1)
            leap[t] = np.median(moved) / max(np.ptp(points[t, both], axis=0).max(), 1.0)
    return leap


def boxes_of(xy: np.ndarray, score: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(n,4): around the body in each frame, x0, y0, x1, y1 in fractions of the picture (h,w); NaN
    where it is not seen."""
    boxes = np.full((len(xy), 4), np.nan)
    for index, (points, good) in enumerate(
        zip(xy[:, :23], score[:, :23] > LEAST_SCORE, strict=True)
    ):
        if good.sum() >= FEWEST:
            low, high = points[good].min(0), points[good].max(0)
            margin = AROUND * (high - low).max()
            boxes[index] = [*(low - margin), *(high + margin)]
    return boxes / (size[1], size[0], size[1], size[0])
