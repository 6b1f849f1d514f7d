"""Hands at the face: when the image shows them there, and how far forearms point at the camera."""

import numpy as np
import pytest
from fit_clips import drinking, points_of, waving, write_keypoints

from understudy.body.landmarks import FACE
from understudy.fitting.initial_pose import with_farther_wrists
from understudy.fitting.reaching import hands_at_face
from understudy.fitting.settings import FitSettings
from understudy.observation.observed import read_observed
from understudy.solver.system import NormalEquations
from understudy.solver.terms import add_depths

N = 24


@pytest.fixture
def at_face(tmp_path):
    def found(points, score=None):
        path = write_keypoints(tmp_path / "keypoints.npz", points, score=score)
        return hands_at_face(read_observed(path, FitSettings())[0], FitSettings())

    return found


def test_a_hand_is_at_the_face_while_it_is_held_there(at_face, body):
    left, right = at_face(points_of(body, drinking(body, N))).T
    assert right[N // 3 : 2 * N // 3].min() > 0.8
    assert max(right[0], left.max()) < 0.01


def test_hands_that_wave_are_not(at_face, body):
    assert at_face(points_of(body, waving(body, N))).max() < 0.01


def test_without_a_face_no_hand_is_at_it(at_face, body):
    points = points_of(body, drinking(body, N))
    score = np.ones(points.shape[:2])
    score[:, :5] = score[:, FACE] = 0
    assert not at_face(points, score).any()


def test_forearms_keep_their_length_and_point_less_at_the_camera():
    world = np.random.default_rng(0).normal(0, 0.3, (5, 33, 3))
    turned = with_farther_wrists(world)
    before, after = (arms[:, [15, 16]] - arms[:, [13, 14]] for arms in (world, turned))
    lengths = [np.linalg.norm(arm, axis=-1) for arm in (before, after)]
    assert np.allclose(*lengths)
    assert (after[..., 2] > before[..., 2]).all()
    others = np.delete(np.arange(33), [15, 16])
    assert np.array_equal(turned[:, others], world[:, others])


def test_depths_pull_down_their_cost():
    rng = np.random.default_rng(0)
    points, ends = rng.normal(0, 1, (4, 5, 3)), rng.normal(0, 1, (2, 5))
    weight, jacobian = (
        rng.uniform(1, 9, (4, 2)),
        np.tile(np.eye(15).reshape(5, 3, 15), (4, 1, 1, 1)),
    )

    def equations(at):
        sums = NormalEquations(4, 15, 0)
        add_depths(sums, ends, at, jacobian, -0.1, weight, 0.5)
        return sums

    step = rng.normal(0, 1e-6, points.shape)
    slope = 2 * (equations(points).pull * step.reshape(4, 15)).sum()
    change = equations(points + step).cost - equations(points).cost
    assert change == pytest.approx(slope, rel=1e-2)
