"""Whom to follow, of several people in a clip: as a table's column `who` says."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.errors import UserError

SMALL = 0.35  # of the most prominent person's height: a bystander is lower
OVERLAP = 0.3  # of a person's box and the one given, for it to be theirs


@dataclass(frozen=True)
class Someone:
    """A person of a clip: frames (m,) in which they were seen, boxes (m,4) x0, y0, x1, y1 px."""

    frames: np.ndarray
    boxes: np.ndarray

    @property
    def height(self) -> float:
        return float(np.median(self.boxes[:, 3] - self.boxes[:, 1]))


def whom(video: Path | str, people: Sequence[Someone], who: str, size: tuple[int, int]) -> int:
    """The index of the person to follow, of `people`, the most prominent first, in a picture (h,w).

    who: "left" or "right", the one who is furthest there when several are first seen; a box
    "x,y,w,h" in fractions of the picture, whoever is first seen in it; anything else: the most
    prominent. UserError if nobody is seen in the box.
    """
    if who in ("left", "right"):
        return _at_the_side(people, who)
    if "," in who:
        return _in_the_box(video, people, who, size)
    return 0


def _at_the_side(people: Sequence[Someone], side: str) -> int:
    counted = [i for i, one in enumerate(people) if one.height >= SMALL * people[0].height]
    frames = np.unique(np.concatenate([people[i].frames for i in counted]))
    seen = {frame: [i for i in counted if frame in people[i].frames] for frame in frames}
    together = next((seen[frame] for frame in frames if len(seen[frame]) > 1), seen[frames[0]])
    at = next((frame for frame in frames if seen[frame] == together), frames[0])

    def middle(i: int) -> float:
        box = people[i].boxes[people[i].frames == at][0]
        return float(box[0] + box[2])

    return min(together, key=middle) if side == "left" else max(together, key=middle)


def _in_the_box(
    video: Path | str, people: Sequence[Someone], who: str, size: tuple[int, int]
) -> int:
    x, y, w, h = (float(number) for number in who.split(","))
    wanted = np.array([x, y, x + w, y + h]) * (size[1], size[0], size[1], size[0])
    found = [
        (int(one.frames[inside.argmax()]), -float(shares[inside.argmax()]), i)
        for i, one in enumerate(people)
        for shares in [_overlap(wanted, one.boxes)]
        for inside in [shares > OVERLAP]
        if inside.any()
    ]
    if not found:
        there = "; ".join(_told(one, size) for one in people)
        raise UserError(
            f"{video}: nobody is seen in the box {who} of the column who; give another one "
            f"(seen at first: {there})"
        )
    return min(found)[2]


def _overlap(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """(m,) intersection over union of a box (4,) with others (m,4)."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.clip(high - low, 0, None).prod(1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1) + (box[2:] - box[:2]).prod()
    return shared / np.maximum(area - shared, 1e-9)


def _told(one: Someone, size: tuple[int, int]) -> str:
    x0, y0, x1, y1 = one.boxes[0] / (size[1], size[0], size[1], size[0])
    return f"{x0:.2f},{y0:.2f},{x1 - x0:.2f},{y1 - y0:.2f}"
