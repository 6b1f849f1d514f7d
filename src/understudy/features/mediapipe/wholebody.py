"""From MediaPipe's points to the 133 of COCO-WholeBody.

Body and feet are picked from the 33 of MediaPipe's pose. Where the face was found, its mesh gives
the nose and its irises the eyes; where a hand was found, its root gives the wrist: those models
look closer, with about half the error against the demo's ground truth. The 68 face points are the
vertices of its face mesh that lie where the iBUG 68 are annotated. Hands have the same 21 in the
same order. MediaPipe has no small toe: its score stays 0.
"""

import numpy as np

from understudy.features.mediapipe.holistic import Holistic

BODY, FEET, FACE = slice(0, 17), slice(17, 23), slice(23, 91)
HANDS = (slice(91, 112), slice(112, 133))
WRISTS = (9, 10)
IRISES = (473, 468)  # left, right: their centres in the face mesh
FACE_TO_BODY = {0: 1, 1: IRISES[0], 2: IRISES[1]}  # nose tip, eyes

# The 17 of COCO: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles; left first.
POSE_BODY = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
# Big toe, small toe, heel, left then right; −1: MediaPipe has none.
POSE_FEET = [31, -1, 29, 32, -1, 30]

# Jaw from the person's right ear to the left one, right brow, left brow, nose bridge, nostrils,
# right eye, left eye, outer lip, inner lip.
FACE_68 = [
    *(162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389),
    *(71, 63, 105, 66, 107),
    *(336, 296, 334, 293, 301),
    *(168, 197, 5, 4),
    *(75, 97, 2, 326, 305),
    *(33, 160, 158, 133, 153, 144),
    *(362, 385, 387, 263, 373, 380),
    *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),
    *(78, 82, 13, 312, 308, 317, 14, 87),
]


def whole_body(seen: Holistic, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """COCO-WholeBody points (n,133,2) px and scores (n,133) in [0,1]; 0 = not seen.

    A body point's score is MediaPipe's visibility. Points outside the image score 0, and so
    do the 68 of a face that is turned away (MediaPipe then imagines one on the back of the head).
    A hand's score is its wrist's.
    """
    n = len(seen.pose)
    xy, score = np.zeros((n, 133, 2)), np.zeros((n, 133))
    xy[:, BODY], score[:, BODY] = seen.pose[:, POSE_BODY, :2], seen.pose[:, POSE_BODY, 2]
    has = np.array(POSE_FEET) >= 0
    xy[:, FEET][:, has] = seen.pose[:, np.array(POSE_FEET)[has], :2]
    score[:, FEET][:, has] = seen.pose[:, np.array(POSE_FEET)[has], 2]
    xy[:, FACE] = seen.face[:, FACE_68]
    score[:, FACE] = (seen.face_seen * facing(seen.world))[:, None]
    clear = score[:, FACE].min(1) == 1
    for point, vertex in FACE_TO_BODY.items():
        xy[clear, point] = seen.face[clear, vertex]
    for side, hand in enumerate(HANDS):
        found, wrist = seen.hands_seen[:, side], WRISTS[side]
        xy[:, hand] = seen.hands[:, side]
        score[:, hand] = (found * score[:, wrist])[:, None]
        xy[found, wrist] = seen.hands[found, side, 0]
    inside = ((xy >= 0) & (xy < (width, height))).all(-1)
    score = np.clip(score, 0, 1) * inside * seen.seen[:, None]
    return np.where(score[..., None] > 0, xy, 0), score


def irises(seen: Holistic, score: np.ndarray) -> np.ndarray:
    """(n,2,3) of the left and the right eye: x, y px and score, the lowest `score` (n,133) of the
    face's 68 points."""
    worst = np.repeat(score[:, FACE].min(1)[:, None, None], 2, 1)
    return np.where(worst > 0, np.concatenate([seen.face[:, IRISES], worst], 2), 0)


def facing(world: np.ndarray) -> np.ndarray:
    """How much a head (n,33,3) faces the camera: 1 up to 70° away from it, 0 from 95° on.

    The head looks from the middle of the ears to the nose; z grows away from the camera.
    """
    look = world[:, 0] - world[:, 7:9].mean(1)
    towards = -look[:, 2] / np.maximum(np.linalg.norm(look, axis=1), 1e-9)
    low, high = np.cos(np.radians(95)), np.cos(np.radians(70))
    return np.clip((towards - low) / (high - low), 0, 1)
