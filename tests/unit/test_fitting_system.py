"""The banded normal equations against dense ones."""

import numpy as np
import pytest

from understudy.body import rotation_numpy as rot
from understudy.errors import UserError
from understudy.fitting.settings import FitSettings
from understudy.solver.limits import finger_limits, joint_limits
from understudy.solver.system import NormalEquations, minimise
from understudy.solver.terms import add_turn_smoothness, robust


@pytest.mark.parametrize("n", [1, 2, 3, 9])
def test_solution_is_the_dense_one(n):
    rng = np.random.default_rng(n)
    d, s, r = 4, 3, 11
    jacobian, shared = rng.normal(size=(n, r, d)), rng.normal(size=(n, r, s))
    residual, weight = rng.normal(size=(n, r)), rng.uniform(0.1, 2, (n, r))
    values, moved = rng.normal(size=(n, 5)), rng.normal(size=(n, 5, d))
    equations = NormalEquations(n, d, s)
    equations.add(residual, jacobian, weight, shared)
    prior = rng.normal(size=s)
    equations.add_shared(prior, np.full(s, 0.7))
    for order in (1, 2):
        equations.add_difference(values, moved, np.full(5, 0.3), order)

    rows, right = [], []
    for t in range(n):
        full = np.zeros((r, n * d + s))
        full[:, t * d : t * d + d], full[:, n * d :] = jacobian[t], shared[t]
        rows.append(np.sqrt(weight[t])[:, None] * full)
        right.append(np.sqrt(weight[t]) * residual[t])
    rows.append(np.sqrt(0.7) * np.eye(n * d + s)[n * d :])
    right.append(np.sqrt(0.7) * prior)
    for stencil in ((-1, 1), (1, -2, 1)):
        for t in range(n - len(stencil) + 1):
            full = np.zeros((5, n * d + s))
            for i, c in enumerate(stencil):
                full[:, (t + i) * d : (t + i + 1) * d] = c * moved[t + i]
            rows.append(np.sqrt(0.3) * full)
            right.append(np.sqrt(0.3) * sum(c * values[t + i] for i, c in enumerate(stencil)))
    dense = np.linalg.lstsq(np.concatenate(rows), -np.concatenate(right), rcond=None)[0]
    step, together = equations.solve(0.0)
    assert np.allclose(np.concatenate([step.ravel(), together]), dense, atol=1e-4)


def test_turn_smoothness_pulls_down_its_cost():
    rng = np.random.default_rng(0)
    rotations = rot.exp(rng.normal(0, 0.4, (7, 2, 3)))
    weight = np.array([1.0, 2.0])

    def equations(turns):
        sums = NormalEquations(7, 9, 0)
        add_turn_smoothness(sums, turns, weight)
        return sums

    step = rng.normal(0, 1e-6, (7, 9))
    slope = 2 * (equations(rotations).pull * step).sum()
    after = equations(rot.turned(rotations, step[:, :6])).cost
    assert after - equations(rotations).cost == pytest.approx(
        slope, rel=0.2
    )  # the steady turn is lagged
    smooth = minimise(
        equations, lambda turns, step, _: rot.turned(turns, step[:, :6]), rotations, 30, 1e-9
    )
    assert equations(smooth).cost < 0.01 * equations(rotations).cost


def test_a_steady_turn_costs_nothing():
    turns = rot.exp(np.arange(6.0)[:, None, None] * np.array([[0.2, 0.5, -0.1]]))
    sums = NormalEquations(6, 6, 0)
    add_turn_smoothness(sums, turns, np.ones(1))
    assert sums.cost < 1e-20 and np.abs(sums.pull).max() < 1e-10


def test_robust_kernel_bends():
    cost, weight = robust(np.array([0.0, 1e-4, 1e6]), 2.0)
    assert cost[1] == pytest.approx(1e-4, rel=1e-3)
    assert cost[2] == pytest.approx(4.0, rel=1e-3)
    assert weight[0] == 1 and weight[2] < 1e-6


def test_limits_mirror_and_hold_the_rest_pose():
    for low, high in (joint_limits(), finger_limits("left"), finger_limits("right")):
        assert (low <= 0).all() and (high >= 0).all() and (low < high).all()
    (left, _), (right, high) = finger_limits("left"), finger_limits("right")
    assert np.allclose(left[:, 0], right[:, 0]) and np.allclose(left[:, 2], -high[:, 2])


@pytest.mark.parametrize(
    "wrong",
    [{"widths": (9.0,)}, {"focal": 0.0}, {"joint_sigma": -1.0}, {"iterations": (1, 0, 1, 1)}],
)
def test_settings_refused(wrong):
    with pytest.raises(UserError, match="fit: "):
        FitSettings(**wrong)
