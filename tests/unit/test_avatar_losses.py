"""The image loss against its definition."""

from dataclasses import replace

import pytest
import torch

from understudy.avatar.training.direct.losses import image_loss
from understudy.avatar.training.direct.settings import LossWeights
from understudy.avatar.training.masked_frame import MaskedFrame

WEIGHTS = LossWeights(ssim=0.0)


@pytest.fixture
def view():
    """A square of 12 px in an image of 24, in random colours."""
    g = torch.Generator().manual_seed(0)
    mask = torch.zeros(24, 24, 1)
    mask[6:18, 6:18] = 1
    return MaskedFrame.cut_out(torch.rand(24, 24, 3, generator=g), mask)


def test_colours_outside_the_mask_are_not_taught_the_background(view):
    g = torch.Generator().manual_seed(1)
    rgb = torch.rand(24, 24, 3, generator=g).requires_grad_()
    alpha = torch.rand(24, 24, 1, generator=g).requires_grad_()
    image_loss(view, rgb, alpha, torch.zeros(3), WEIGHTS, structure=True).backward()
    outside = (view.mask == 0).expand_as(rgb)
    assert not rgb.grad[outside].any()
    assert rgb.grad[~outside].all()
    assert (alpha.grad[view.mask == 0] > 0).all()  # too much is drawn there
    assert (alpha.grad[view.mask == 1] < 0).all()


def test_where_the_wall_is_known_a_pixel_that_shows_both_is_right_at_its_share(view):
    """Half white person, half black wall: grey reveals alpha, whatever the mask says."""
    clear = torch.zeros_like(view.mask, dtype=torch.bool)
    clear[6, 6:18] = True
    image = torch.where(clear, 0.5, view.image)
    view = replace(view, image=image, clear=clear, mask_trust=1.0 * ~clear)
    losses = []
    for share in (0.3, 0.5, 0.7):
        alpha = torch.where(clear, share, view.mask)
        rgb = torch.where(clear, share, image * view.mask)  # premultiplied, a white person
        losses.append(float(image_loss(view, rgb, alpha, torch.rand(3), WEIGHTS, False)))
    assert losses[1] == pytest.approx(0, abs=1e-6) and min(losses[0], losses[2]) > 1e-3
