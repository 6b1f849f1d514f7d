"""Drawing the 133 keypoints of COCO-WholeBody: body, feet, face and both hands."""

from itertools import pairwise

import cv2
import numpy as np

LEFT, RIGHT, MIDDLE = (242, 153, 77), (89, 166, 242), (190, 204, 178)  # RGB; as in fit overlays
SEEN = 0.3  # points below this score are not drawn
FACE_START, HAND_STARTS = 23, {"left": 91, "right": 112}
SUBPIXEL = 4  # bits: OpenCV draws at 1/16 px

BODY_LIMBS = {
    "middle": [(0, 1), (0, 2), (5, 6), (11, 12)],
    "left": [(1, 3), (5, 7), (7, 9), (5, 11), (11, 13), (13, 15), (15, 17), (15, 18), (15, 19)],
    "right": [(2, 4), (6, 8), (8, 10), (6, 12), (12, 14), (14, 16), (16, 20), (16, 21), (16, 22)],
}
FINGERS = [[0, *range(first, first + 4)] for first in (1, 5, 9, 13, 17)]  # wrist to tip
COLOURS = {"left": LEFT, "right": RIGHT, "middle": MIDDLE}


def draw_keypoints(image: np.ndarray, xy: np.ndarray, score: np.ndarray) -> np.ndarray:
    """A copy of `image` (h,w,3) uint8 with those points xy (133,2) px that score (133,) calls seen.

    The person's left is orange, their right blue. Line widths follow the image's height.
    """
    canvas = np.array(image, order="C")
    seen = score > SEEN
    thick = max(1, round(canvas.shape[0] / 90))
    for side, first in HAND_STARTS.items():
        for finger in FINGERS:
            for a, b in pairwise(finger):
                _line(canvas, xy, seen, first + a, first + b, COLOURS[side], max(1, thick // 2))
    for side, limbs in BODY_LIMBS.items():
        for a, b in limbs:
            _line(canvas, xy, seen, a, b, COLOURS[side], thick)
    for point in np.flatnonzero(seen[FACE_START : HAND_STARTS["left"]]) + FACE_START:
        _dot(canvas, xy[point], MIDDLE, max(1, thick // 3))
    for point in np.flatnonzero(seen[:FACE_START]):
        _dot(canvas, xy[point], (255, 255, 255), max(1, thick * 2 // 3))
    return canvas


def _line(canvas, xy, seen, a, b, colour, thickness) -> None:
    if seen[a] and seen[b]:
        cv2.line(canvas, _fixed(xy[a]), _fixed(xy[b]), colour, thickness, cv2.LINE_AA, SUBPIXEL)


def _dot(canvas, point, colour, radius) -> None:
    cv2.circle(canvas, _fixed(point), radius << SUBPIXEL, colour, cv2.FILLED, cv2.LINE_AA, SUBPIXEL)


def _fixed(point: np.ndarray) -> tuple[int, int]:
    """As OpenCV's fixed-point integers; it counts from the centre of the first pixel."""
    x, y = np.round((np.asarray(point, np.float64) - 0.5) * (1 << SUBPIXEL)).astype(int)
    return int(x), int(y)
