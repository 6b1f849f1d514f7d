"""Which points of the body are fitted, and to what directions in space."""

from dataclasses import dataclass

import numpy as np

from understudy.body.landmarks import FACE, LANDMARK_NAMES, LEFT_HAND, RIGHT_HAND
from understudy.body.rotation_numpy import unit
from understudy.body.skeleton import BODY_JOINTS, JOINT_INDEX
from understudy.fitting.settings import FitSettings

# Chin, brow ends, nose, eye corners, mouth corners: they turn the head. The jaw's outline is left
# out, since it slides over the skin as the head turns.
_FACE_POINTS = [FACE.start + i for i in (8, 17, 21, 22, 26, 27, 30, 33, 36, 39, 42, 45, 48, 54)]
MOUTH = [FACE.start + i for i in (48, 54)]  # its corners
_KNUCKLES = [[hand.start + i for i in (5, 9, 13, 17)] for hand in (LEFT_HAND, RIGHT_HAND)]
_HAND_POINTS = [hand.start + i for hand in (LEFT_HAND, RIGHT_HAND) for i in (5, 9, 13, 17, 8, 12)]
FITTED = np.array([*range(23), *_FACE_POINTS, *_HAND_POINTS])
POINTS = {LANDMARK_NAMES[mark]: i for i, mark in enumerate(FITTED)}
FEET = [POINTS[f"{side}_{part}"] for side in ("left", "right") for part in ("big_toe", "heel")]
FIRST_JOINT = len(FITTED)  # the 22 body joints follow the landmarks


@dataclass(frozen=True)
class Direction:
    """From the mean of some points to that of others, on the body and in MediaPipe's world."""

    start: tuple[str, ...]
    stop: tuple[str, ...]
    world_start: tuple[int, ...]
    world_stop: tuple[int, ...]
    strength: float = 1.0


def _both_sides(start: str, stop: str, world_start: int, world_stop: int, strength=1.0):
    left = (f"left_{start}",), (f"left_{stop}",), (world_start,), (world_stop,), strength
    right = (f"right_{start}",), (f"right_{stop}",), (world_start + 1,), (world_stop + 1,), strength
    return Direction(*left), Direction(*right)


_SHOULDERS, _HIPS = ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip")
DIRECTIONS = (
    *_both_sides("shoulder", "elbow", 11, 13),
    *_both_sides("elbow", "wrist", 13, 15),
    *_both_sides("hip", "knee", 23, 25),
    *_both_sides("knee", "ankle", 25, 27),
    *_both_sides("heel", "big_toe", 29, 31, 0.3),
    Direction(("right_shoulder",), ("left_shoulder",), (12,), (11,)),
    Direction(("right_hip",), ("left_hip",), (24,), (23,)),
    Direction(_HIPS, _SHOULDERS, (23, 24), (11, 12)),
    Direction(("right_ear",), ("left_ear",), (8,), (7,), 0.5),
    Direction(("left_ear", "right_ear"), ("nose",), (7, 8), (0,), 0.5),
)


def direction_ends() -> np.ndarray:
    """(m, L): rows that combine the fitted points into DIRECTIONS' vectors."""
    ends = np.zeros((len(DIRECTIONS), FIRST_JOINT + BODY_JOINTS))
    for row, direction in zip(ends, DIRECTIONS, strict=True):
        for names, sign in ((direction.start, -1.0), (direction.stop, 1.0)):
            for name in names:
                row[POINTS[name]] += sign / len(names)
    return ends


def world_directions(world: np.ndarray) -> np.ndarray:
    """World landmarks (n,33,3) -> unit vectors (n,m,3) of DIRECTIONS."""
    return np.stack(
        [
            unit(world[:, d.world_stop].mean(1) - world[:, d.world_start].mean(1))
            for d in DIRECTIONS
        ],
        1,
    )


def upright_ends() -> np.ndarray:
    """(3, L): from the middle of the ankles to the neck, from there to the hips, from the hips to
    the neck: a body that stands, and its legs and trunk alone."""
    ends = np.zeros((3, FIRST_JOINT + BODY_JOINTS))
    for side in ("left", "right"):
        ends[:2, FIRST_JOINT + JOINT_INDEX[f"{side}_ankle"]] = -0.5
        ends[1, FIRST_JOINT + JOINT_INDEX[f"{side}_hip"]] = 0.5
        ends[2, FIRST_JOINT + JOINT_INDEX[f"{side}_hip"]] = -0.5
    ends[[0, 2], FIRST_JOINT + JOINT_INDEX["neck"]] = 1.0
    return ends


def hand_ends() -> np.ndarray:
    """(2, L): from the middle of the mouth to that of a hand's knuckles, left and right."""
    ends = np.zeros((2, FIRST_JOINT + BODY_JOINTS))
    ends[:, : len(FITTED)] -= np.isin(FITTED, MOUTH) / len(MOUTH)
    for row, knuckles in zip(ends, _KNUCKLES, strict=True):
        row[: len(FITTED)] += np.isin(FITTED, knuckles) / len(knuckles)
    return ends


def keypoint_weights(settings: FitSettings) -> np.ndarray:
    """(l,) 1/sigma² of the fitted landmarks, % of height."""
    sigmas = np.full(len(FITTED), settings.body_sigma)
    sigmas[:5] = settings.head_sigma
    sigmas[11:13] = settings.hip_sigma
    sigmas[17:23] = settings.foot_sigma
    sigmas[23 : 23 + len(_FACE_POINTS)] = settings.face_sigma
    sigmas[23 + len(_FACE_POINTS) :] = settings.hand_sigma
    return sigmas**-2.0


def _mirrored(pairs: tuple[str, ...], index: dict[str, int], rows: int) -> np.ndarray:
    """(rows, 3, 3·pairs): three unknowns per left–right pair, x mirrored."""
    basis = np.zeros((rows, 3, 3 * len(pairs)))
    for i, name in enumerate(pairs):
        basis[index[f"left_{name}"], :, 3 * i : 3 * i + 3] = np.eye(3)
        basis[index[f"right_{name}"], :, 3 * i : 3 * i + 3] = np.diag([-1.0, 1.0, 1.0])
    return basis


def joint_basis() -> np.ndarray:
    """(55,3,a): how the shared unknowns offset rest joints, the same on both sides.

    Pelvis, hips, head and hands keep their positions.
    """
    return _mirrored(("shoulder", "elbow", "wrist", "knee", "ankle"), JOINT_INDEX, 55)


def landmark_basis() -> np.ndarray:
    """(l,3,b): how they offset what a detector calls hip, shoulder, … from the body's."""
    names = ("shoulder", "hip", "knee", "ankle", "big_toe", "heel", "ear", "eye")
    return _mirrored(names, POINTS, len(FITTED))
