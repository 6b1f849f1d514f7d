"""The fit's own kinematics against the body's skinning and against finite differences."""

import fit_clips
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.body import rotation_numpy as rot
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from understudy.fitting.targets import FITTED, joint_basis, landmark_basis
from understudy.solver.kinematics import build_kinematics


@pytest.fixture(scope="module")
def posed(body):
    """A kinematics with every kind of shared unknown, random poses, and its output."""
    rng = np.random.default_rng(0)
    small = body.landmark_submesh()
    kinematics = build_kinematics(small, FITTED, 10, joint_basis(), landmark_basis())
    turns, transl = rng.normal(0, 0.3, (6, 55, 3)), rng.normal(0, 1, (6, 3))
    shared = rng.normal(0, 1, kinematics.joint_shape.shape[-1])
    shared[10:] *= 0.01
    expression = rng.normal(0, 0.3, (6, 50))
    arguments = (rot.exp(turns), transl, shared, expression)
    return kinematics, turns, arguments, kinematics.posed(*arguments)


def test_points_are_the_bodys_landmarks(body):
    rng = np.random.default_rng(1)
    pose = Pose.from_full(
        torch.tensor(rng.normal(0, 0.3, (5, 55, 3)), dtype=torch.float32),
        torch.zeros(5, 50),
        torch.tensor(rng.normal(0, 1, (5, 3)), dtype=torch.float32),
    )
    none = np.zeros((55, 3, 0)), np.zeros((133, 3, 0))
    kinematics = build_kinematics(body.landmark_submesh(), np.arange(133), 3, *none)
    figure = kinematics.posed(
        rot.exp(pose.full().numpy().astype(float)),
        pose.transl.numpy(),
        np.array([0.8, -0.5, 0.5]),
        np.zeros((5, 50)),
    )
    assert np.abs(figure.points[:, :133] - fit_clips.points_of(body, pose)).max() < 5e-4


def test_pose_jacobian_against_differences(posed):
    kinematics, _, (rotations, transl, shared, expression), figure = posed
    step = np.random.default_rng(2).normal(0, 1e-5, (6, kinematics.frame_size))
    turned = rotations.copy()
    turned[:, :22] = rot.turned(rotations[:, :22], step[:, :-3])
    after = kinematics.posed(turned, transl + step[:, -3:], shared, expression).points
    predicted = (figure.pose_jacobian() @ step[:, None, :, None])[..., 0]
    assert np.abs(after - figure.points - predicted).max() < 1e-3 * np.abs(predicted).max()


def test_shape_and_expression_jacobians_against_differences(posed):
    kinematics, _, (rotations, transl, shared, expression), figure = posed
    rng = np.random.default_rng(3)
    step, smile = rng.normal(0, 1e-4, shared.shape), rng.normal(0, 1e-4, expression.shape)
    after = kinematics.posed(rotations, transl, shared + step, expression + smile).points
    predicted = figure.shape_jacobian() @ step
    predicted += (figure.expression_jacobian() @ smile[:, None, :, None])[..., 0]
    assert np.abs(after - figure.points - predicted).max() < 1e-3 * np.abs(predicted).max()


def test_subtree_moves_as_the_whole(posed, body):
    kinematics, _, (rotations, _, shared, expression), figure = posed
    first = body.joint("left_index1")
    hand = kinematics.subtree([body.joint("left_wrist"), *range(first, first + 15)], 16)
    local = np.concatenate(
        [figure.turned[:, [body.joint("left_wrist")]], rotations[:, first : first + 15]], 1
    )
    place = (
        figure.placed[:, body.joint("left_wrist")] - (hand.joints + hand.joint_shape @ shared)[0]
    )
    alone = hand.posed(local, place, shared, expression)
    tips = [i for i, mark in enumerate(FITTED) if 92 <= mark < 112]
    assert np.abs(alone.points[:, tips] - figure.points[:, tips]).max() < 1e-9


vectors = st.lists(st.floats(-1.7, 1.7), min_size=3, max_size=3).map(np.array)


@settings(max_examples=100, deadline=None)
@given(vectors)
def test_exp_and_log_are_inverse_and_agree_with_the_body(v):
    matrix = rot.exp(v)
    assert np.allclose(rot.log(matrix), v, atol=1e-6)
    assert np.allclose(matrix, axis_angle_to_matrix(torch.tensor(v)).numpy(), atol=1e-6)
    assert np.allclose(
        rot.log(matrix), matrix_to_axis_angle(torch.tensor(matrix)).numpy(), atol=1e-5
    )


@settings(max_examples=50, deadline=None)
@given(vectors, vectors)
def test_log_derivative_against_differences(v, direction):
    step = 1e-6 * direction
    slope = (rot.log(rot.exp(v) @ rot.exp(step)) - rot.log(rot.exp(v))) / 1e-6
    assert np.allclose(slope, rot.log_derivative(v) @ direction, atol=1e-3)


@settings(max_examples=50, deadline=None)
@given(vectors, vectors)
def test_between_turns_one_onto_the_other(a, b):
    a, b = np.add(a, (0, 0, 4)), np.add(b, (0, 4, 0))
    assert np.allclose(rot.between(rot.unit(a), rot.unit(b)) @ rot.unit(a), rot.unit(b))


def test_between_opposites_is_half_a_turn():
    x = np.array([1.0, 0.0, 0.0])
    assert np.allclose(rot.between(x, -x) @ x, -x)


def test_fill_bridges_by_slerp_and_holds_the_ends():
    turns = rot.exp(np.outer([9.0, 0.0, 9.0, 9.0, 1.2, 9.0], [0.0, 1.0, 0.0]))
    known = np.array([False, True, False, False, True, False])
    angles = rot.log(rot.fill(turns, known))[:, 1]
    assert np.allclose(angles, [0.0, 0.0, 0.4, 0.8, 1.2, 1.2])
