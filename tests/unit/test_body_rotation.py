"""Rotations against scipy, and their gradients where formulas are delicate."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from understudy.body.rotation import (
    axis_angle_to_matrix,
    matrix_to_axis_angle,
)

ANGLES = [0.0, 1e-9, 1e-4, 1e-3, 0.5, 2.0, np.pi - 1e-3, np.pi - 1e-6]


def rotation_vectors(angle: float, count: int = 50) -> torch.Tensor:
    axes = np.random.default_rng(0).normal(size=(count, 3))
    return torch.from_numpy(axes / np.linalg.norm(axes, axis=1, keepdims=True) * angle)


@pytest.mark.parametrize("angle", ANGLES)
def test_matrices_are_scipys(angle):
    vectors = rotation_vectors(angle)
    expected = Rotation.from_rotvec(vectors.numpy()).as_matrix()
    np.testing.assert_allclose(axis_angle_to_matrix(vectors), expected, atol=1e-12)


@pytest.mark.parametrize("angle", ANGLES)
def test_axis_angle_comes_back(angle):
    vectors = rotation_vectors(angle)
    back = matrix_to_axis_angle(axis_angle_to_matrix(vectors))
    np.testing.assert_allclose(back, vectors, atol=1e-7)


def test_a_half_turn_comes_back_up_to_its_sign():
    matrices = axis_angle_to_matrix(rotation_vectors(np.pi))
    again = axis_angle_to_matrix(matrix_to_axis_angle(matrices))
    np.testing.assert_allclose(again, matrices, atol=1e-7)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-20, 20), min_size=3, max_size=3))
def test_any_vector_gives_a_rotation_and_its_short_form(vector):
    matrix = axis_angle_to_matrix(torch.tensor(vector, dtype=torch.float64))
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-9)
    short = matrix_to_axis_angle(matrix)
    assert short.norm() <= np.pi + 1e-9
    np.testing.assert_allclose(axis_angle_to_matrix(short), matrix, atol=1e-6)


@pytest.mark.parametrize("angle", [0.0, 1e-5, 0.7, 2.5])
def test_gradients(angle):
    vectors = rotation_vectors(angle, 3).requires_grad_()
    assert torch.autograd.gradcheck(axis_angle_to_matrix, vectors)
    there_and_back = torch.autograd.functional.jacobian(
        lambda v: matrix_to_axis_angle(axis_angle_to_matrix(v)), vectors.detach()[0]
    )
    np.testing.assert_allclose(there_and_back, np.eye(3), atol=1e-5)
