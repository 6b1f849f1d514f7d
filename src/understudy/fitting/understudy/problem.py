"""The equations of a clip's fit: unknowns, terms, and what stays the same from step to step."""

from dataclasses import dataclass

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.body.skeleton import BODY_JOINTS, JOINT_INDEX
from understudy.fitting.reaching import hands_at_face
from understudy.fitting.settings import FitSettings
from understudy.fitting.standing import standing_feet
from understudy.fitting.targets import (
    DIRECTIONS,
    FEET,
    FIRST_JOINT,
    FITTED,
    direction_ends,
    hand_ends,
    joint_basis,
    keypoint_weights,
    upright_ends,
    world_directions,
)
from understudy.fitting.vertical import common_direction
from understudy.observation.observed import Observed
from understudy.solver import terms
from understudy.solver.kinematics import Kinematics, PosedChain
from understudy.solver.limits import joint_limits
from understudy.solver.system import NormalEquations


@dataclass
class State:
    """The unknowns: rotations (n,22,3,3), transl (n,3), shared (s,); zoom: the logarithm of the
    focal length over the assumed one; up (3,), the vertical."""

    rotations: np.ndarray
    transl: np.ndarray
    shared: np.ndarray
    zoom: float
    up: np.ndarray


class ClipProblem:
    """The clip's equations: everything that stays the same from step to step."""

    def __init__(
        self,
        observed: Observed,
        kinematics: Kinematics,
        fixed: np.ndarray,
        expression: np.ndarray,
        trust: float,
        settings: FitSettings,
    ):
        """`fixed` (n,33,3,3): the rotations of jaw, eyes and fingers; expression (n,E);
        trust: how much the world landmarks count."""
        self.observed, self.kinematics, self.settings = observed, kinematics, settings
        self.fixed, self.expression = fixed, expression
        self.limits = joint_limits()
        self.pose_sigma = pose_sigmas(settings)
        self.xy = observed.xy[:, FITTED]
        self.weight = keypoint_weights(settings) * observed.score[:, FITTED] ** 2
        self.ends, self.upright_ends = direction_ends(), upright_ends()
        self.directions = world_directions(observed.spatial)
        strengths = np.array([direction.strength for direction in DIRECTIONS])
        self.direction_weight = trust * observed.seen[:, None] * strengths
        part = settings.part_upright_sigma
        self.upright_weight = np.array([settings.upright_sigma, part, part]) ** -2.0
        self.standing = standing_feet(observed, settings)
        self.hand_ends = hand_ends()
        self.hand_weight = hands_at_face(observed, settings) / settings.reach_sigma**2
        self.pace = observed.fps / 30.0  # of speeds a frame
        self.square_pace = self.pace**2  # of accelerations
        s = settings
        sigmas = np.full(kinematics.joint_shape.shape[-1], s.beta_sigma, float)
        offsets = joint_basis().shape[-1]
        sigmas[s.betas : s.betas + offsets] = s.joint_offset_sigma
        sigmas[s.betas + offsets :] = s.landmark_offset_sigma
        self.shared_weight = len(observed) * np.append(sigmas, s.focal_sigma) ** -2.0

    def camera(self, state: State) -> np.ndarray:
        """K (3,3) px: the assumed one, with its focal lengths zoomed."""
        camera = self.observed.camera.copy()
        camera[[0, 1], [0, 1]] *= np.exp(state.zoom)
        return camera

    def posed(self, state: State) -> PosedChain:
        full = np.concatenate([state.rotations, self.fixed], 1)
        return self.kinematics.posed(full, state.transl, state.shared, self.expression)

    def equations(self, state: State, width: float, limb_sigma: float) -> NormalEquations:
        """The linearised problem at `state`, and its robust cost."""
        s, seen = self.settings, self.observed.seen
        figure = self.posed(state)
        jacobian = figure.pose_jacobian()
        equations = NormalEquations(len(seen), self.kinematics.frame_size, len(self.shared_weight))
        marks = slice(0, FIRST_JOINT)
        terms.add_keypoints(
            equations,
            figure.points[:, marks],
            jacobian[:, marks],
            _with_zoom(figure.shape_jacobian()[:, marks], figure.points[:, marks]),
            self.xy,
            self.weight,
            self.camera(state),
            self.observed.unit,
            width,
        )
        terms.add_directions(
            equations,
            self.ends,
            figure.points,
            jacobian,
            self.directions,
            self.direction_weight / limb_sigma**2,
            s.limb_width,
        )
        upright = np.broadcast_to(state.up, (len(seen), 3, 3))
        terms.add_directions(
            equations,
            self.upright_ends,
            figure.points,
            jacobian,
            upright,
            seen[:, None] * self.upright_weight,
            s.upright_width,
        )
        terms.add_depths(
            equations,
            self.hand_ends,
            figure.points,
            jacobian,
            -s.reach_nearer,
            self.hand_weight,
            s.reach_width,
        )
        terms.add_pose_prior(
            equations,
            rot.log(state.rotations[:, 1:]),
            0.0,
            self.pose_sigma,
            self.limits,
            s.limit_sigma,
        )
        turn = np.full(BODY_JOINTS, (self.square_pace / s.turn_sigma) ** 2)
        turn[0] = (self.square_pace / s.root_turn_sigma) ** 2
        terms.add_turn_smoothness(equations, state.rotations, turn)
        root = slice(FIRST_JOINT, FIRST_JOINT + 1)
        sigma = np.array([s.root_sigma, s.root_sigma, s.depth_sigma]) / self.square_pace
        terms.add_motion_smoothness(equations, figure.points[:, root], jacobian[:, root], sigma)
        terms.add_motion_smoothness(
            equations, *_in_trunk(figure, jacobian), np.full(3, s.joint_sigma / self.square_pace)
        )
        terms.add_contact(
            equations,
            figure.points[:, FEET],
            jacobian[:, FEET],
            self.standing,
            s.contact_sigma / self.pace,
            s.contact_width / self.pace,
        )
        equations.add_shared(np.append(state.shared, state.zoom), self.shared_weight)
        return equations

    def vertical(self, state: State) -> np.ndarray:
        """The clip's up (3,): where standing bodies point, pulled towards the image's vertical."""
        s, seen = self.settings, self.observed.seen
        points = self.posed(state).points
        along = rot.unit(self.upright_ends @ points)[seen, 0]
        return common_direction(along, state.up, s)


def _with_zoom(shape_jacobian: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(n,l,3,s) -> (n,l,3,s+1): a longer focal length projects points as if further out."""
    wider = points * [1.0, 1.0, 0.0]
    return np.concatenate([shape_jacobian, wider[..., None].astype(np.float32)], -1)


def _in_trunk(figure: PosedChain, jacobian: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 21 joints (n,21,3) in the pelvis's frame, and their Jacobian (n,21,3,d).

    A turning body's limbs are at rest in it; in space they would seem to accelerate constantly.
    """
    back = figure.turned[:, :1].swapaxes(-1, -2)
    joints = slice(FIRST_JOINT + 1, FIRST_JOINT + BODY_JOINTS)
    away = figure.points[:, joints] - figure.placed[:, :1]
    moved = back.astype(np.float32) @ jacobian[:, joints]
    moved[..., :3] = 0  # neither the pelvis's rotation
    moved[..., -3:] = 0  # nor its position shows in its own frame
    return (back @ away[..., None])[..., 0], moved


def pose_sigmas(settings: FitSettings) -> np.ndarray:
    """(21,) rad: how far each joint of body_pose strays from the rest pose."""
    by_part = {
        "spine": settings.spine_sigma,
        "collar": settings.collar_sigma,
        "foot": settings.foot_joint_sigma,
        "ankle": settings.ankle_sigma,
        "neck": settings.neck_sigma,
        "head": settings.neck_sigma,
        "wrist": settings.wrist_sigma,
    }
    sigmas = np.full(21, settings.limb_pose_sigma)
    for name, joint in JOINT_INDEX.items():
        for part, sigma in by_part.items():
            if part in name and 1 <= joint <= 21:
                sigmas[joint - 1] = sigma
    return sigmas
