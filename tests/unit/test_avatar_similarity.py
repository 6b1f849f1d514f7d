"""SSIM's kernels against the formula written out with convolutions."""

import pytest
import torch
from torch.nn.functional import conv2d

from understudy.image_metrics.similarity import banded_ssim, ssim


def written_out(a, b):
    """Mean SSIM of (h,w,c) float64 images."""
    g = torch.exp(-((torch.arange(11, dtype=torch.float64) - 5) ** 2) / (2 * 1.5**2))
    window = torch.outer(g / g.sum(), g / g.sum())[None, None]
    a, b = (x.permute(2, 0, 1)[:, None] for x in (a, b))
    ma, mb, aa, bb, ab = (conv2d(x, window) for x in (a, b, a * a, b * b, a * b))
    light = (2 * ma * mb + 0.01**2) / (ma**2 + mb**2 + 0.01**2)
    structure = (2 * (ab - ma * mb) + 0.03**2) / (aa - ma**2 + bb - mb**2 + 0.03**2)
    return (light * structure).mean()


@pytest.mark.parametrize("size", [(11, 11), (37, 64), (80, 23)])
def test_value_and_gradient_are_the_formulas(size):
    g = torch.Generator().manual_seed(3)
    b = torch.rand(*size, 3, generator=g)
    a = (b + 0.3 * torch.randn(*size, 3, generator=g)).clamp(0, 1)
    ours, truth = a.clone().requires_grad_(), a.double().requires_grad_()
    value, expected = ssim(ours, b), written_out(truth, b.double())
    (3 * value).backward()
    (3 * expected).backward()
    assert abs(float(value.detach()) - float(expected.detach())) < 1e-5
    assert (ours.grad - truth.grad).norm() < 1e-4 * truth.grad.norm()
    assert abs(float(ssim(b, b)) - 1) < 1e-5
    assert abs(float(banded_ssim(a, b)) - float(expected.detach())) < 1e-5
