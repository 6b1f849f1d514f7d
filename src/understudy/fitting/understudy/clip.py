"""Our own fit of a clip: one Gauss–Newton problem over all frames, in robust stages.

Unknowns: in every frame the 22 body rotations and the translation; over the clip the shape, joint
offsets, how the detector's landmarks differ from the body's, and the focal length. Fingers, jaw and
expression come from their own features; the eyes are turned afterwards (`eyes`). All temporal
couplings lie in a narrow band, so a step costs little more than the Jacobians (`system`).
"""

from dataclasses import replace
from functools import partial

import numpy as np

from understudy.artifacts.fit import Fit
from understudy.body import rotation_numpy as rot
from understudy.body.model import BodyModel
from understudy.body.skeleton import BODY_JOINTS
from understudy.fitting.features import ClipFeatures
from understudy.fitting.initial_pose import first_pose, spatial_readings
from understudy.fitting.limbs import Start
from understudy.fitting.result import assemble_fit
from understudy.fitting.settings import FitSettings
from understudy.fitting.targets import FIRST_JOINT, FITTED, joint_basis, landmark_basis
from understudy.fitting.understudy.eyes import eye_poses, eyeballs
from understudy.fitting.understudy.problem import ClipProblem, State
from understudy.fitting.vertical import IMAGES
from understudy.observation.observed import believable
from understudy.observation.readings import facing
from understudy.solver.kinematics import build_kinematics
from understudy.solver.system import minimise


def fit_clip(features: ClipFeatures, body: BodyModel, settings: FitSettings) -> Fit:
    """The fit of a clip; expression, jaw and fingers as in its features."""
    body = body.landmark_submesh()
    read = spatial_readings(features, body)
    trust = settings.lifted_trust if read.lifted else 1.0
    kinematics = build_kinematics(body, FITTED, settings.betas, joint_basis(), landmark_basis())
    observed, start = first_pose(read, kinematics.joints)
    observed = believable(observed, facing(observed))
    n = len(observed)
    fingers = features.hand_pose.reshape(n, 30, 3)
    fixed = np.concatenate([features.jaw[:, None], np.zeros((n, 2, 3)), fingers], 1)
    problem = ClipProblem(
        observed, kinematics, rot.exp(fixed), features.expression, trust, settings
    )
    state = optimise(problem, start, settings)
    return _result(problem, state, fixed, features.expression, body)


def optimise(problem: ClipProblem, start: Start, settings: FitSettings) -> State:
    """Levenberg–Marquardt through the stages."""
    size = problem.kinematics.joint_shape.shape[-1]
    state = State(start.rotations, start.transl, np.zeros(size), 0.0, IMAGES)
    sigmas = np.geomspace(settings.first_limb_sigma, settings.limb_sigma, len(settings.widths))
    for width, sigma, steps in zip(settings.widths, sigmas, settings.iterations, strict=True):
        state.up = problem.vertical(state)
        state = minimise(
            partial(problem.equations, width=width, limb_sigma=sigma),
            _moved,
            state,
            steps,
            settings.enough,
        )
    return state


def _moved(state: State, step: np.ndarray, shared: np.ndarray) -> State:
    return State(
        rot.turned(state.rotations, step[:, : 3 * BODY_JOINTS]),
        state.transl + step[:, 3 * BODY_JOINTS :],
        state.shared + shared[:-1],
        state.zoom + float(shared[-1]),
        state.up,
    )


def _result(
    problem: ClipProblem, state: State, fixed: np.ndarray, expression: np.ndarray, body: BodyModel
) -> Fit:
    observed, s = problem.observed, problem.settings
    # Before the first and after the last frame that shows them, the person stays still.
    first, last = np.flatnonzero(observed.seen)[[0, -1]]
    held = np.arange(len(observed)).clip(first, last)
    state = replace(state, rotations=state.rotations[held], transl=state.transl[held])
    observed, figure = replace(observed, camera=problem.camera(state)), problem.posed(state)
    eyes = eye_poses(observed, eyeballs(figure, body))
    return assemble_fit(
        observed,
        FITTED,
        figure.points[:, :FIRST_JOINT],
        np.concatenate([rot.log(state.rotations), fixed[:, :1], eyes, fixed[:, 3:]], 1),
        expression,
        state.transl,
        state.shared[: s.betas],
        joint_basis() @ state.shared[s.betas : s.betas + joint_basis().shape[-1]],
        state.up,
    )
