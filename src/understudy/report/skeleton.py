"""Drawing the 133 keypoints of COCO-WholeBody: body, feet, face and both hands."""

import cv2
import numpy as np

from understudy.body.limbs import BODY_LIMBS, FACE_START, HAND_STARTS, hand_lines

LEFT, RIGHT, MIDDLE = (242, 153, 77), (89, 166, 242), (190, 204, 178)  # RGB; as in fit overlays
SEEN = 0.3  # points below this score are not drawn
SUBPIXEL = 4  # bits: OpenCV draws at 1/16 px

COLOURS = {"left": LEFT, "right": RIGHT, "middle": MIDDLE}


def draw_keypoints(image: np.ndarray, xy: np.ndarray, score: np.ndarray) -> np.ndarray:
    """A copy of `image` (h,w,3) uint8 with those points xy (133,2) px that score (133,) calls seen.

    The person's left is orange, their right blue. Line widths follow the image's height.
    """
    canvas = np.array(image, order="C")
    seen = score > SEEN
    thick = max(1, round(canvas.shape[0] / 90))
    for side in HAND_STARTS:
        for a, b in hand_lines(side):
            _line(canvas, xy, seen, a, b, COLOURS[side], max(1, thick // 2))
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
