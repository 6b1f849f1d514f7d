"""The landmark table of the official SMPL-X mesh, whose file has none.

Joints and vertices are those in the `smplx` package's vertex_ids.py; the 68 face points, those in
the file itself, the jaw line's 17 where they lie on a head that looks straight ahead.
"""

import numpy as np

from understudy.body.landmarks import FACE_NAMES, LANDMARK_NAMES
from understudy.body.skeleton import JOINT_INDEX

VERTICES = 10475  # of the official mesh: the ids below mean nothing on another
FACE_POINTS = (
    "lmk_faces_idx",
    "lmk_bary_coords",
    "dynamic_lmk_faces_idx",
    "dynamic_lmk_bary_coords",
)

_ON_SKIN = {
    "nose": 9120,
    "left_eye": 9448,
    "right_eye": 9929,
    "left_ear": 6,
    "right_ear": 616,
    "left_big_toe": 5770,
    "left_small_toe": 5780,
    "left_heel": 8846,
    "right_big_toe": 8463,
    "right_small_toe": 8474,
    "right_heel": 8635,
    "left_thumb4": 5361,
    "left_forefinger4": 4933,
    "left_middle_finger4": 5058,
    "left_ring_finger4": 5169,
    "left_pinky_finger4": 5286,
    "right_thumb4": 8079,
    "right_forefinger4": 7669,
    "right_middle_finger4": 7794,
    "right_ring_finger4": 7905,
    "right_pinky_finger4": 8022,
}
_JOINTS = {"forefinger": "index", "middle_finger": "middle", "ring_finger": "ring"}
_JOINTS |= {"pinky_finger": "pinky", "hand_root": "wrist"}


def smplx_landmarks(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """landmark_names, _joint, _vertices, _weights from a file's f and FACE_POINTS."""
    count = len(LANDMARK_NAMES)
    joint = np.full(count, -1, np.int64)
    vertices, weights = np.zeros((count, 3), np.int64), np.zeros((count, 3), np.float32)
    index = np.concatenate([arrays["dynamic_lmk_faces_idx"][0], arrays["lmk_faces_idx"]])
    shares = np.concatenate([arrays["dynamic_lmk_bary_coords"][0], arrays["lmk_bary_coords"]])
    for i, name in enumerate(LANDMARK_NAMES):
        if name in _ON_SKIN:
            vertices[i], weights[i, 0] = _ON_SKIN[name], 1.0
        elif name in FACE_NAMES:
            point = FACE_NAMES.index(name)
            vertices[i] = arrays["f"][int(index[point])].astype(np.int64)
            weights[i] = shares[point]
        else:
            joint[i] = JOINT_INDEX[_joint_name(name)]
    return {
        "landmark_names": np.array(LANDMARK_NAMES),
        "landmark_joint": joint,
        "landmark_vertices": vertices,
        "landmark_weights": weights,
    }


def _joint_name(landmark: str) -> str:
    """left_shoulder, left_hand_root, left_forefinger2 -> left_shoulder, left_wrist, left_index2."""
    side, _, part = landmark.partition("_")
    for name, short in _JOINTS.items():
        part = part.replace(name, short)
    return f"{side}_{part}"
