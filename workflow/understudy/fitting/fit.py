"""The fit of a body to a clip: one Gauss–Newton problem over all frames, in robust stages.

Unknowns: in every frame the 22 body rotations and the translation; over the clip the shape, joint
offsets, and how the detector's landmarks differ from the body's. Fingers, jaw and expression come
from their own features. All couplings over time lie in a narrow band, so a step costs little more
than the Jacobians (`system`).
"""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import BODY, FACE, FEET, LEFT_HAND, RIGHT_HAND
from understudy.body.model import BodyModel, load_body
from understudy.body.pose import Pose
from understudy.body.skeleton import BODY_JOINTS
from understudy.errors import UserError
from understudy.files import load_arrays
from understudy.fitting import terms
from understudy.fitting.initialise import Start, begin, facing, steady_readings
from understudy.fitting.io import PARTS, Fit, save_fit
from understudy.fitting.kinematics import build_kinematics
from understudy.fitting.lift import lifted_world
from understudy.fitting.observed import Observed, believable, read_observed
from understudy.fitting.problem import ClipProblem, State
from understudy.fitting.settings import FitSettings
from understudy.fitting.system import minimise
from understudy.fitting.targets import FIRST_JOINT, FITTED, joint_basis, landmark_basis


def optimise(problem: ClipProblem, start: Start, settings: FitSettings) -> State:
    """Levenberg–Marquardt through the stages."""
    size = problem.kinematics.joint_shape.shape[-1]
    state = State(start.rotations, start.transl, np.zeros(size), np.array([0.0, -1.0, 0.0]))
    sigmas = np.geomspace(settings.first_limb_sigma, settings.limb_sigma, len(settings.widths))
    for width, sigma, steps in zip(settings.widths, sigmas, settings.iterations, strict=True):
        state.up = problem.vertical(state)
        state = minimise(
            lambda trial, width=width, sigma=sigma: problem.equations(trial, width, sigma),
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
        state.shared + shared,
        state.up,
    )


def fit_body(
    keypoints: Path | str,
    expression: Path | str,
    hands: Path | str,
    body: Path | str,
    out: Path | str,
    settings: FitSettings,
) -> Fit:
    """Fit the body of a file to a clip's features and write the fit to `out`; also returns it.

    Raises UserError where hardly anybody is seen, or a feature was made for another body model.
    """
    model = load_body(body)
    observed, note = read_observed(keypoints, settings)
    face = load_arrays(expression, "expression", model.model_id)
    fingers = load_arrays(hands, "hands", model.model_id)
    for path, frames in ((expression, len(face["expression"])), (hands, len(fingers["hand_pose"]))):
        if frames != len(observed):
            raise UserError(
                f"{path}: {frames} frames, but {keypoints} has {len(observed)}; "
                "delete both and rerun"
            )
    smile, jaw = face["expression"].astype(float), face["jaw_pose"].astype(float)
    hand_pose = fingers["hand_pose"].astype(float)
    fit = fit_clip(observed, smile, jaw, hand_pose, model, settings)
    about = {
        "body": model.model_id,
        "backend": "understudy",
        "settings": asdict(settings),
        "keypoints": {k: note.get(k) for k in ("backend", "model", "video", "digest")},
    }
    fit = replace(fit, about=about)
    save_fit(out, fit)
    return fit


def fit_clip(
    observed: Observed,
    expression: np.ndarray,
    jaw: np.ndarray,
    hand_pose: np.ndarray,
    body: BodyModel,
    settings: FitSettings,
) -> Fit:
    """The fit itself: expression (n,E), jaw (n,3) and hand_pose (n,2,15,3) as they are."""
    body = body.landmark_submesh()
    trust = 1.0
    if observed.world is None:
        observed = replace(observed, world=lifted_world(observed))
        trust = settings.lifted_trust
    observed = steady_readings(observed)
    observed = believable(observed, facing(observed))
    n = len(observed)
    fixed = np.concatenate([jaw[:, None], np.zeros((n, 2, 3)), hand_pose.reshape(n, 30, 3)], 1)
    kinematics = build_kinematics(body, FITTED, settings.betas, joint_basis(), landmark_basis())
    problem = ClipProblem(observed, kinematics, rot.exp(fixed), expression, trust, settings)
    state = optimise(problem, begin(observed, kinematics.joints), settings)
    return _result(problem, state, fixed, expression)


def _result(problem: ClipProblem, state: State, fixed: np.ndarray, expression) -> Fit:
    observed, s = problem.observed, problem.settings
    # Before the first and after the last frame that shows them, the person holds still.
    first, last = np.flatnonzero(observed.seen)[[0, -1]]
    held = np.arange(len(observed)).clip(first, last)
    state = replace(state, rotations=state.rotations[held], transl=state.transl[held])
    turns = np.concatenate([rot.log(state.rotations), fixed], 1)
    figure = problem.posed(state)
    seen_at = terms.project(figure.points[:, :FIRST_JOINT], observed.camera)
    error = np.linalg.norm(seen_at - problem.xy, axis=-1) / observed.unit
    score = observed.score[:, FITTED]
    groups = dict(zip(PARTS, _groups(), strict=True))
    by_part = {
        part: float(np.median(error[:, marks][score[:, marks] > 0]))
        if (score[:, marks] > 0).any()
        else float("nan")
        for part, marks in groups.items()
    }
    main = slice(5, 17)
    visible = (score[:, main] * np.exp(-((error[:, main] / 5.0) ** 2))).mean(1)
    offsets = joint_basis() @ state.shared[s.betas : s.betas + joint_basis().shape[-1]]

    def tensor(array):
        return torch.from_numpy(np.asarray(array, np.float32))

    return Fit(
        pose=Pose.from_full(tensor(turns), tensor(expression), tensor(state.transl)),
        betas=tensor(state.shared[: s.betas]),
        joint_offset=tensor(offsets),
        K=tensor(observed.camera),
        fps=observed.fps,
        size=observed.size,
        confidence=np.where(observed.seen, visible, 0.0),
        error=by_part,
        up=state.up,
        about={},
    )


def _groups() -> list[np.ndarray]:
    """Which of FITTED belong to each of PARTS."""
    parts = (BODY, FEET, FACE, LEFT_HAND, RIGHT_HAND)
    return [np.flatnonzero((part.start <= FITTED) & (part.stop > FITTED)) for part in parts]
