"""Which of the 133 points of COCO-WholeBody are joined by lines, by the side they are of."""

from itertools import pairwise

FACE_START, HAND_STARTS = 23, {"left": 91, "right": 112}
BODY_LIMBS = {
    "middle": [(0, 1), (0, 2), (5, 6), (11, 12)],
    "left": [(1, 3), (5, 7), (7, 9), (5, 11), (11, 13), (13, 15), (15, 17), (15, 18), (15, 19)],
    "right": [(2, 4), (6, 8), (8, 10), (6, 12), (12, 14), (14, 16), (16, 20), (16, 21), (16, 22)],
}
FINGERS = [[0, *range(first, first + 4)] for first in (1, 5, 9, 13, 17)]  # wrist to tip


def hand_lines(side: str) -> list[tuple[int, int]]:
    """The lines of one hand, "left" or "right"."""
    first = HAND_STARTS[side]
    return [(first + a, first + b) for finger in FINGERS for a, b in pairwise(finger)]
