"""gsplat on CUDA against the CPU rasteriser; runs if there is a GPU with gsplat."""

import pytest
import torch

from tests.unit.test_splatting import (
    HEIGHT,
    SCENES,
    WIDTH,
    cameras,
    cloud,
    gradient_errors,
)
from understudy.splatting import rasterize

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")


def rendered(leaves, device):
    """Images of two views over a background, and gradients by parameter, on the CPU."""
    leaves = {name: x.float().to(device).requires_grad_() for name, x in leaves.items()}
    viewmats, Ks = (x.float().to(device) for x in cameras())
    viewmats.requires_grad_()
    backgrounds = torch.tensor([[0.2, 0.4, 0.6], [0.9, 0.1, 0.5]], device=device)
    images = rasterize(
        **leaves, viewmats=viewmats, Ks=Ks, width=WIDTH, height=HEIGHT, backgrounds=backgrounds
    )
    rgb, alpha, depth = images
    (rgb.square().sum() + alpha.sum() + (depth * (alpha > 0.02)).sum()).backward()
    grads = {name: x.grad for name, x in {**leaves, "V": viewmats}.items()}
    return [x.detach().cpu() for x in images], {name: x.cpu() for name, x in grads.items()}


@pytest.mark.parametrize(("n", "size"), SCENES)
@pytest.mark.parametrize("moving", [False, True])
def test_both_rasterisers_agree(n, size, moving):
    """One cloud in two views, and one cloud per view."""
    pytest.importorskip("gsplat")
    leaves = cloud(n, seed=n, size=size)
    if moving:
        leaves["means"] = torch.stack([leaves["means"], leaves["means"] + 0.05])
    ours, grads = rendered(leaves, "cpu")
    theirs, their_grads = rendered(leaves, "cuda")
    seen = ours[1] > 0.02  # the expected depth is ill-conditioned where there is next to nothing
    ours[2], theirs[2] = ours[2] * seen, theirs[2] * seen
    for image, other in zip(ours, theirs, strict=True):
        # a pixel at a threshold (1/255, 1e-4) may fall on either side of it
        assert ((image - other).abs() > 1e-4).double().mean() < 2e-3
        assert (image - other).abs().max() < 1e-2
    for name, error in gradient_errors(grads, their_grads).items():
        assert error <= 1e-3, f"gradient of {name}: {error:.1e}"
