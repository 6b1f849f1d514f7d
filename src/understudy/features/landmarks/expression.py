"""The face fitted to its 68 keypoints, all frames at once: expressions and jaw."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from understudy.artifacts.expression import Faces
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import FACE
from understudy.body.model import BodyModel
from understudy.features.runtime import Runtime
from understudy.observation.observed import Observed, believable
from understudy.observation.readings import facing, steady_readings
from understudy.solver import terms
from understudy.solver.kinematics import build_kinematics
from understudy.solver.system import NormalEquations, minimise

# The jaw's outline slides over the skin as a head turns: only its chin is used.
_MARKS = np.array([FACE.start + i for i in (8, *range(17, 68))])
_WIDTHS, _STEPS = (30.0, 8.0), (8, 8)  # robust kernel widths, % of the face's size; steps with each
_POINT_SIGMA = 2.0  # % of the face's size
_EXPRESSION_SIGMA = 0.35  # of a full expression
_EXPRESSION_PACE = 0.20  # its change per frame, at 30 fps
_JAW_SIGMA, _LIMIT_SIGMA = 0.25, 0.05  # rad
_JAW_LIMITS = np.radians([[[0, -8, -4]], [[35, 8, 4]]])  # opens about x
_TURN_SIGMA, _PLACE_SIGMA = 0.10, 0.02  # matrix norm and m per frame², at 30 fps
_SHAPE_SIGMA = 0.004  # m: how far a person's features lie from the model's face
_KNOWN_ERROR = 8.0  # % of the face's size: a face fitted no better than this is rejected


@dataclass(frozen=True)
class _State:
    """rotations (n,2,3,3): the head's in camera space and the jaw's; transl (n,3);
    expression (n,E); shape (s,): where this person's features lie, m."""

    rotations: np.ndarray
    transl: np.ndarray
    expression: np.ndarray
    shape: np.ndarray


def fit_expression(
    video: Path | str, observed: Observed, body: BodyModel, runtime: Runtime
) -> tuple[Faces, dict[str, str]]:
    """The face that the keypoints show; the images are not used."""
    steady = steady_readings(observed)
    believed = believable(steady, facing(steady))
    xy, score = believed.xy[:, _MARKS], believed.score[:, _MARKS]
    valid = (score > 0).sum(1) >= 30
    n, size = len(xy), body.exprdirs.shape[-1]
    if not valid.any():
        return Faces(np.zeros((n, size)), np.zeros((n, 3)), valid), {}
    problem = _Face(believed, body.landmark_submesh(), xy, score * valid[:, None], valid)
    state = problem.begin()
    for width, steps in zip(_WIDTHS, _STEPS, strict=True):
        state = minimise(partial(problem.equations, width=width), _moved, state, steps, 1e-3)
    at = terms.project(problem.posed(state).points, observed.camera)
    error = np.median(np.linalg.norm(at - xy, axis=-1), 1) / problem.unit
    jaw = rot.log(state.rotations[:, 1])
    return Faces(state.expression, jaw, valid & (error < _KNOWN_ERROR)), {}


def _moved(state: _State, step: np.ndarray, shared: np.ndarray) -> _State:
    return _State(
        rot.turned(state.rotations, step[:, :6]),
        state.transl + step[:, 6:9],
        state.expression + step[:, 9:],
        state.shape + shared,
    )


class _Face:
    """The equations of one clip's face: head, jaw, position and expression per frame; one shape."""

    def __init__(self, observed: Observed, body: BodyModel, xy, score, valid):
        basis = np.eye(3 * len(_MARKS)).reshape(len(_MARKS), 3, -1)
        whole = build_kinematics(body, _MARKS, 0, np.zeros((55, 3, 0)), basis, joint_points=0)
        self.kinematics = whole.subtree([body.joint("head"), body.joint("jaw")], 2)
        self.observed, self.xy, self.valid = observed, xy, valid
        spread = np.linalg.norm(np.ptp(xy[valid], axis=1), axis=-1)
        self.unit = max(float(np.percentile(spread, 80)), 10.0) / 100  # px: 1 % of the face's size
        self.weight = score / _POINT_SIGMA**2
        self.expressions = body.exprdirs.shape[-1]
        self.pace = observed.fps / 30.0

    def posed(self, state: _State):
        return self.kinematics.posed(state.rotations, state.transl, state.shape, state.expression)

    def begin(self) -> _State:
        """A face turned like the head in the world landmarks, at the position and size seen."""
        n, observed = len(self.xy), self.observed
        head = np.tile(np.diag([1.0, -1.0, -1.0]), (n, 1, 1))
        if observed.world is not None:
            ears = observed.world[:, 7] - observed.world[:, 8]
            front = observed.world[:, 0] - observed.world[:, 7:9].mean(1)
            turned = rot.frame(ears, np.cross(front, ears))
            head = np.where(self.valid[:, None, None], turned, head)
        rotations = np.stack([rot.fill(head, self.valid), np.tile(np.eye(3), (n, 1, 1))], 1)
        flat = _State(
            np.tile(np.eye(3), (1, 2, 1, 1)),
            np.zeros((1, 3)),
            np.zeros((1, self.expressions)),
            np.zeros(3 * len(_MARKS)),
        )
        rest = self.posed(flat).points[0]
        size = np.linalg.norm(np.ptp(rest[:, :2], axis=0))
        focal = observed.camera[0, 0]
        depth = focal * size / (100 * self.unit)
        middle = (self.xy.mean(1) - observed.camera[:2, 2]) / focal * depth
        place = np.concatenate([middle, np.full((n, 1), depth)], 1)
        centre = rest.mean(0) - self.kinematics.joints[0]
        place -= self.kinematics.joints[0] + (rotations[:, 0] @ centre)
        at = np.flatnonzero(self.valid)
        place = np.stack([np.interp(np.arange(n), at, place[at, i]) for i in range(3)], 1)
        return _State(rotations, place, np.zeros((n, self.expressions)), flat.shape)

    def equations(self, state: _State, width: float) -> NormalEquations:
        figure = self.posed(state)
        smile = figure.expression_jacobian()
        jacobian = np.concatenate([figure.pose_jacobian(), smile], -1)
        n, e = state.expression.shape
        sums = NormalEquations(n, 9 + e, len(state.shape))
        picture = self.observed.camera, self.unit, width
        shape = figure.shape_jacobian()
        terms.add_keypoints(sums, figure.points, jacobian, shape, self.xy, self.weight, *picture)
        jaw = rot.log(state.rotations[:, 1:])
        limits = _JAW_LIMITS[0], _JAW_LIMITS[1]
        terms.add_pose_prior(sums, jaw, 0.0, np.full(1, _JAW_SIGMA), limits, _LIMIT_SIGMA)
        smooth = np.full(2, (self.pace / _TURN_SIGMA) ** 2)
        terms.add_turn_smoothness(sums, state.rotations, smooth)
        still = np.full(3, _PLACE_SIGMA / self.pace)
        terms.add_motion_smoothness(sums, figure.points[:, :1], jacobian[:, :1], still)
        self._add_expression_prior(sums, state.expression)
        sums.add_shared(state.shape, np.full(len(state.shape), n * _SHAPE_SIGMA**-2.0))
        return sums

    def _add_expression_prior(self, sums: NormalEquations, expression: np.ndarray) -> None:
        n, e = expression.shape
        chooser = np.zeros((n, e, 9 + e), np.float32)
        chooser[:, :, 9:] = np.eye(e)
        strength = np.full((n, e), _EXPRESSION_SIGMA**-2.0)
        sums.cost += float((strength * expression**2).sum())
        sums.add(expression, chooser, strength)
        slow = (self.pace / _EXPRESSION_PACE) ** 2
        sums.add_difference(expression, chooser, np.full(e, slow), 1)
