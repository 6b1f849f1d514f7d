"""The image loss against its definition."""

import numpy as np
import torch
from scipy.ndimage import correlate1d

from understudy.avatar.losses import View, image_loss, ssim
from understudy.avatar.settings import LossWeights


def reference_ssim(a, b):
    """Wang et al. 2004 by direct filtering, mean over windows that lie inside."""
    window = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    window /= window.sum()

    def mean(x):
        return correlate1d(correlate1d(x, window, axis=0), window, axis=1)[5:-5, 5:-5]

    ma, mb = mean(a), mean(b)
    va, vb, vab = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
    value = (2 * ma * mb + 0.01**2) * (2 * vab + 0.03**2)
    return (value / ((ma**2 + mb**2 + 0.01**2) * (va + vb + 0.03**2))).mean()


def test_ssim_is_its_definition():
    g = np.random.default_rng(0)
    a = g.random((23, 31, 3))
    b = np.clip(a + g.normal(0, 0.2, a.shape), 0, 1)
    ours = ssim(torch.from_numpy(a).float(), torch.from_numpy(b).float())
    assert abs(float(ours) - reference_ssim(a, b)) < 1e-5
    assert abs(float(ssim(torch.from_numpy(a).float(), torch.from_numpy(a).float())) - 1) < 1e-6


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
