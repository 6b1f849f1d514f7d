"""Skinning on the CPU against a product of matrices, in values and in gradients."""

import numpy as np
import pytest
import torch

from understudy.body.rotation import axis_angle_to_matrix
from understudy.gaussians.skinning import SkinningWeights, skin, skin_dense

JOINTS, POINTS, FRAMES = 7, 53, 3


def scene(frames: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """weights (G,J), two or three of them above zero; transforms (n,J,3,4); points (frames,G,3);
    unit normals (G,3)."""
    g = torch.Generator().manual_seed(0)
    weights = torch.rand(POINTS, JOINTS, generator=g)
    weights *= weights >= weights.topk(3, 1).values[:, -1:]
    weights[::2] *= weights[::2] >= weights[::2].amax(1, keepdim=True) * 0.8
    weights /= weights.sum(1, keepdim=True)
    turns = axis_angle_to_matrix(torch.randn(FRAMES, JOINTS, 3, generator=g))
    shifts = torch.randn(FRAMES, JOINTS, 3, 1, generator=g)
    normals = torch.nn.functional.normalize(torch.randn(POINTS, 3, generator=g), dim=1)
    points = torch.randn(frames, POINTS, 3, generator=g)
    return weights, torch.cat([turns, shifts], -1), points, normals


def test_the_weights_above_zero_are_listed():
    weights, *_ = scene(1)
    listed = SkinningWeights.of(weights)
    again = np.zeros_like(weights.numpy())
    for i in range(POINTS):
        of = slice(listed.first[i], listed.first[i + 1])
        again[i, listed.joint[of]] = listed.weight[of]
    assert (again == weights.numpy()).all() and listed.first[-1] == (weights > 0).sum()


@pytest.mark.parametrize("frames", [1, FRAMES])
def test_points_and_gradients_are_the_dense_ones(frames):
    weights, *inputs = scene(frames)
    ours, theirs = (
        [x.double().requires_grad_() if dense else x.clone().requires_grad_() for x in inputs]
        for dense in (False, True)
    )
    posed, turned = skin(SkinningWeights.of(weights), *ours)
    truth, true_normals = skin_dense(weights.double(), *theirs)
    assert torch.allclose(posed.double(), truth, atol=2e-6)
    assert torch.allclose(turned.double(), true_normals, atol=2e-6)
    pull = torch.randn(posed.shape, generator=torch.Generator().manual_seed(1))
    posed.backward(pull)
    truth.backward(pull.double())
    for mine, true in zip(ours[:2], theirs[:2], strict=True):  # transforms, points
        assert torch.allclose(mine.grad.double(), true.grad, atol=1e-4 * true.grad.abs().max())
    assert ours[2].grad is None and not turned.requires_grad


def test_points_without_a_gradient_need_none():
    weights, transforms, points, normals = scene(1)
    posed, _ = skin(SkinningWeights.of(weights), transforms.requires_grad_(), points, normals)
    posed.sum().backward()
    assert transforms.grad.abs().sum() > 0
    assert not skin(SkinningWeights.of(weights), transforms.detach(), points, normals)[
        0
    ].requires_grad
