"""hands.npz: the finger joints of both hands in every frame.

hand_pose (n,2,15,3) axis-angle rad, left then right, against the flat hand in SMPL-X's joint order;
score (n,2) in [0,1], 0 if the hand is not seen (its pose is then bridged in time and falls back
to a relaxed hand). About: kind, backend, model (digests of a network's weights), body, keypoints'
source.

A back-end that estimates the whole body's pose in each frame (as Hand4Whole does) also writes
global_orient (n,3) in camera space and body_pose (n,21,3), SMPL-X's axis-angle rad: the fit then
starts from them (`fitting.regressed`). Frames without a person hold arbitrary finite values.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Shapes, load_arrays, save_arrays
from understudy.body.skeleton import BODY_JOINTS

KIND = "hands"
SHAPES: Shapes = {"hand_pose": ("n", 2, 15, 3), "score": ("n", 2)}
OPTIONAL: Shapes = {"global_orient": ("n", 3), "body_pose": ("n", BODY_JOINTS - 1, 3)}


@dataclass(frozen=True)
class BodyPose:
    """For n frames: global_orient (n,3) in camera space, body_pose (n,21,3): axis-angle rad."""

    global_orient: np.ndarray
    body_pose: np.ndarray


@dataclass(frozen=True)
class Hands:
    """For n frames: pose (n,2,15,3) axis-angle rad; score (n,2); body: the whole body's pose if the
    back-end estimates it, else None."""

    pose: np.ndarray
    score: np.ndarray
    body: BodyPose | None = None


def save_hands(path: Path | str, hands: Hands, about: dict) -> None:
    """Write a hands.npz; `about` holds at least `body`, the body model's id."""
    arrays = {"hand_pose": hands.pose, "score": hands.score}
    if hands.body is not None:
        arrays |= vars(hands.body)
    reals = {name: array.astype(np.float32) for name, array in arrays.items()}
    save_arrays(path, reals, {**about, "kind": KIND})


def load_hands(path: Path | str, body: str | None = None) -> Hands:
    """Read a hands.npz; UserError if it is anything else, for another body model than the id
    `body`, or of a wrong shape."""
    stored = load_arrays(path, KIND, body, SHAPES, OPTIONAL)
    pose, score = stored["hand_pose"].astype(float), stored["score"].astype(float)
    if "global_orient" not in stored or "body_pose" not in stored:
        return Hands(pose, score)
    root, joints = stored["global_orient"].astype(float), stored["body_pose"].astype(float)
    return Hands(pose, score, BodyPose(root, joints))
