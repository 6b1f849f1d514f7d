"""The normal equations against those of the full Jacobian."""

import numpy as np

from understudy.avatar.training.normal_equations import normal_equations


def test_they_are_those_of_the_whole_jacobian():
    rng = np.random.default_rng(0)
    pixels, channels, k = 200, 4, 5
    points = rng.normal((0.3, -0.2, 3.5), size=(pixels, 3))
    along, residual = rng.normal(size=(pixels, channels, 3)), rng.normal(size=(pixels, channels))
    weight = rng.uniform(0, 2, (pixels, channels))
    shares = rng.uniform(size=(pixels, k)) * (rng.uniform(size=(pixels, k)) > 0.5)
    joints = rng.normal((0, 0, 3.5), size=(k, 3))
    frames = np.linalg.qr(rng.normal(size=(k, 3, 3)))[0]
    turned = np.linalg.qr(rng.normal(size=(k, 3, 3)))[0]
    jacobian = np.zeros((pixels, channels, 6 * k + 3))
    for j in range(k):
        lever = np.cross((points - joints[j])[:, None], along) @ frames[j]
        jacobian[..., 3 * j : 3 * j + 3] = lever * shares[:, j, None, None]
        place = along @ (frames[j] - turned[j])
        jacobian[..., 3 * (k + 1 + j) : 3 * (k + 2 + j)] = place * shares[:, j, None, None]
    jacobian[..., 3 * k : 3 * k + 3] = along
    flat = jacobian.reshape(-1, 6 * k + 3)
    weighted = flat * weight.reshape(-1, 1)
    given = (x.astype(np.float32) for x in (points, along, weight, residual, shares))
    normal, pull = normal_equations(*given, joints, frames, turned)
    truth, wanted = weighted.T @ flat, weighted.T @ residual.ravel()
    assert np.abs(normal - truth).max() < 1e-5 * np.abs(truth).max()
    assert np.abs(pull - wanted).max() < 1e-5 * np.abs(wanted).max()
