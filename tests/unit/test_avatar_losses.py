"""The image loss against its definition."""

import torch

from understudy.avatar.losses import View, image_loss
from understudy.avatar.settings import LossWeights


def test_colours_outside_the_mask_are_not_taught_the_background():
    g = torch.Generator().manual_seed(0)
    mask = torch.zeros(24, 24, 1)
    mask[6:18, 6:18] = 1
    trust = torch.ones_like(mask)
    view = View(torch.rand(24, 24, 3, generator=g), mask, trust, trust)
    rgb = torch.rand(24, 24, 3, generator=g).requires_grad_()
    alpha = torch.rand(24, 24, 1, generator=g).requires_grad_()
    weights = LossWeights(ssim=0.0)
    image_loss(view, rgb, alpha, weights, structure=True).backward()
    outside = (mask == 0).expand_as(rgb)
    assert not rgb.grad[outside].any()
    assert rgb.grad[~outside].all()
    assert (alpha.grad[mask == 0] > 0).all()  # too much is drawn there
    assert (alpha.grad[mask == 1] < 0).all()
