"""The fingers fitted to the 21 keypoints of each hand, all frames at once."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from understudy.artifacts.hands import Hands
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import LEFT_HAND, RIGHT_HAND
from understudy.body.model import BodyModel
from understudy.features.runtime import Runtime
from understudy.observation.observed import Observed, believable
from understudy.solver import terms
from understudy.solver.kinematics import Kinematics, build_kinematics
from understudy.solver.limits import finger_limits
from understudy.solver.system import NormalEquations, minimise

_FINGERS = 15
_WIDTHS, _STEPS = (20.0, 6.0), (8, 8)  # kernel widths, % of the person's height; steps with each
_POINT_SIGMA = 0.6  # % of height
_FINGER_SIGMA, _LIMIT_SIGMA = 0.7, 0.12  # rad, around the relaxed hand; beyond a limit
_TURN_SIGMA = 0.15  # matrix norm per frame², at 30 fps
_PLACE_SIGMA = 0.02  # m per frame²
_KNOWN_ERROR = 3.0  # % of height: a hand fitted no better than this is rejected


def fit_hands(
    video: Path | str, observed: Observed, body: BodyModel, runtime: Runtime
) -> tuple[Hands, dict[str, str]]:
    """The hands that the keypoints show; the images are not used."""
    body = body.landmark_submesh()
    believed = believable(observed, np.ones(len(observed)))
    sides = [_fit_side(believed, body, side) for side in ("left", "right")]
    poses, scores = zip(*sides, strict=True)
    return Hands(np.stack(poses, 1), np.stack(scores, 1)), {}


@dataclass(frozen=True)
class _State:
    """rotations (n,16,3,3): the hand's in camera space, then the fingers'; transl (n,3)."""

    rotations: np.ndarray
    transl: np.ndarray


def _fit_side(observed: Observed, body: BodyModel, side: str) -> tuple[np.ndarray, np.ndarray]:
    """One hand: (n,15,3) and (n,)."""
    marks = np.arange(133)[LEFT_HAND if side == "left" else RIGHT_HAND]
    wrist, first = body.joint(f"{side}_wrist"), body.joint(f"{side}_index1")
    none = np.zeros((55, 3, 0)), np.zeros((len(marks), 3, 0))
    whole = build_kinematics(body, marks, 0, *none, joint_points=0)
    hand = whole.subtree([wrist, *range(first, first + _FINGERS)], 1 + _FINGERS)
    relaxed = 0.7 * body.hands_mean[0 if side == "left" else 1].numpy().astype(float)
    xy, weight = observed.xy[:, marks], observed.score[:, marks] / _POINT_SIGMA**2
    seen = (weight > 0).sum(1) >= 10
    n = len(xy)
    if not seen.any():
        return np.tile(relaxed, (n, 1, 1)), np.zeros(n)
    start = _begin(hand, observed, xy, weight, seen, relaxed)
    pace, expression = observed.fps / 30.0, np.zeros((n, body.exprdirs.shape[-1]))
    sigma, limits = np.full(_FINGERS, _FINGER_SIGMA), finger_limits(side)

    def posed(state: _State):
        return hand.posed(state.rotations, state.transl, np.zeros(0), expression)

    def equations(state: _State, width: float) -> NormalEquations:
        figure = posed(state)
        jacobian = figure.pose_jacobian()
        sums = NormalEquations(n, hand.frame_size, 0)
        picture = observed.camera, observed.unit, width
        terms.add_keypoints(sums, figure.points, jacobian, None, xy, weight, *picture)
        pose = rot.log(state.rotations[:, 1:])
        terms.add_pose_prior(sums, pose, relaxed, sigma, limits, _LIMIT_SIGMA)
        smooth = np.full(1 + _FINGERS, (pace / _TURN_SIGMA) ** 2)
        terms.add_turn_smoothness(sums, state.rotations, smooth)
        still = np.full(3, _PLACE_SIGMA / pace)
        terms.add_motion_smoothness(sums, figure.points[:, :1], jacobian[:, :1], still)
        return sums

    def moved(state: _State, step: np.ndarray, _: np.ndarray) -> _State:
        turn = rot.turned(state.rotations, step[:, :-3])
        return _State(turn, state.transl + step[:, -3:])

    state = start
    for width, steps in zip(_WIDTHS, _STEPS, strict=True):
        state = minimise(partial(equations, width=width), moved, state, steps, 1e-3)
    at = terms.project(posed(state).points, observed.camera)
    error = (weight * np.linalg.norm(at - xy, axis=-1)).sum(1) / np.maximum(weight.sum(1), 1e-9)
    error /= observed.unit
    score = np.where(seen, observed.score[:, marks].mean(1) * np.exp(-((error / 2) ** 2)), 0.0)
    return rot.log(state.rotations[:, 1:]), np.where(error < _KNOWN_ERROR, score, 0.0)


def _begin(hand: Kinematics, observed: Observed, xy, weight, seen, relaxed) -> _State:
    """The relaxed hand, laid flat in the image: on the side that the order of its knuckles
    shows, turned so that the knuckles lie as seen, at the distance that matches the palm's size.
    """
    n = len(xy)
    knuckles = [5, 9, 13, 17]
    rest = _rest_points(hand)
    side_axis = rest[5] - rest[17]  # from the little finger's knuckle to the index finger's
    length = rest[knuckles].mean(0) - rest[0]
    to_hand = rot.frame(length, side_axis)
    reach = xy[:, knuckles].mean(1) - xy[:, 0]
    across = xy[:, 5] - xy[:, 17]
    turned = np.sign(reach[:, 0] * across[:, 1] - reach[:, 1] * across[:, 0] + 1e-9)
    along = rot.unit(np.pad(reach + 1e-6, ((0, 0), (0, 1))))
    beside = np.cross([0.0, 0.0, 1.0], along) * turned[:, None]
    globe = rot.frame(along, beside) @ to_hand.T
    rotations = np.concatenate([globe[:, None], np.tile(rot.exp(relaxed), (n, 1, 1, 1))], 1)
    size = np.sqrt((length**2).sum() + (side_axis**2).sum())
    pixels = np.sqrt((reach**2).sum(1) + (across**2).sum(1))
    focal = observed.camera[0, 0]
    pixels = np.maximum(pixels, 0.3 * np.median(pixels[seen]))
    depth = focal * size / np.median(pixels[seen]) * np.ones(n)
    place = (xy[:, 0] - observed.camera[:2, 2]) / focal * depth[:, None]
    transl = np.concatenate([place, depth[:, None]], 1) - hand.joints[0]
    frames, at = np.arange(n), np.flatnonzero(seen)
    transl = np.stack([np.interp(frames, at, transl[at, i]) for i in range(3)], 1)
    return _State(rot.fill(rotations, seen), transl)


def _rest_points(hand: Kinematics) -> np.ndarray:
    """(21,3): the hand's landmarks at rest."""
    flat = np.tile(np.eye(3), (1, len(hand.parents), 1, 1))
    smiles = np.zeros((1, hand.rest_expression.shape[-1]))
    return hand.posed(flat, np.zeros((1, 3)), np.zeros(0), smiles).points[0]
