"""The losses of training: image against image, and what keeps the surface a surface."""

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from understudy.avatar.settings import LossWeights
from understudy.avatar.trainee import Trainee

WINDOW, SIGMA = 11, 1.5  # px, of SSIM's Gaussian window
C1, C2 = 0.01**2, 0.03**2  # SSIM's constants for values in [0,1]


@cache
def _band(n: int) -> Tensor:
    """(n−10, n): SSIM's window at each place where it lies inside n pixels."""
    window = torch.exp(-((torch.arange(WINDOW) - WINDOW // 2) ** 2) / (2 * SIGMA**2))
    band = torch.zeros(n - WINDOW + 1, n)
    for k in range(WINDOW):
        band.diagonal(k).copy_((window / window.sum())[k].expand(n - WINDOW + 1))
    return band


def ssim(a: Tensor, b: Tensor) -> Tensor:
    """Mean structural similarity (Wang et al. 2004) of two images (h,w,c), sides at least 11.

    The separable window is two banded matrix products: ten times faster on a CPU than a
    convolution.
    """
    h, w, c = a.shape
    maps = torch.cat([a, b, a * a + b * b, a * b], -1).permute(2, 0, 1)
    ma, mb, squares, products = (_band(h) @ maps @ _band(w).T).unflatten(0, (4, c))
    variance = squares - ma * ma - mb * mb  # of a plus that of b
    covariance = products - ma * mb
    similarity = (2 * ma * mb + C1) * (2 * covariance + C2)
    return (similarity / ((ma * ma + mb * mb + C1) * (variance + C2))).mean()


@dataclass(frozen=True)
class View:
    """One training view: image (h,w,3) in [0,1], mask (h,w,1) soft, and how far each pixel's
    colour and its mask are to be trusted, color_trust and mask_trust (h,w,1) in [0,1]."""

    image: Tensor
    mask: Tensor
    color_trust: Tensor
    mask_trust: Tensor


def image_loss(
    view: View, rgb: Tensor, alpha: Tensor, weights: LossWeights, structure: bool
) -> Tensor:
    """A render rgb (h,w,3), on any background, and its alpha (h,w,1) against the view.

    Outside the mask nothing is asked of the colour: what sticks out of it would only learn the
    background's. Alpha alone draws it in. `structure`: with SSIM, which disturbs the first
    steps, when nothing is in place.
    """
    target = view.image * view.mask + rgb.detach() * (1 - view.mask)
    loss = weights.l1 * ((rgb - target).abs() * view.color_trust).mean()
    loss = loss + weights.alpha * ((alpha - view.mask).abs() * view.mask_trust).mean()
    if structure:
        loss = loss + weights.ssim * (1 - ssim(rgb, target))
    return loss


def surface_loss(trainee: Trainee, offset: Tensor, weights: LossWeights) -> Tensor:
    """Keeps offsets, sizes and colours small and smooth."""
    shy = 1 + weights.offset_hands * trainee.hands + weights.offset_eyes * trainee.eyes
    hands = 1 + weights.color_laplacian_hands * trainee.point_hands
    looks = torch.cat([trainee.logits, trainee.log_scale[:, None]], 1)
    uneven = trainee.point_difference(looks).square()
    return (
        weights.offset * (offset.square() * shy).mean()
        + weights.offset_laplacian * trainee.vertex_difference(offset).square().mean()
        + weights.scale * (trainee.log_scale - trainee.first_log_scale).square().mean()
        + weights.scale_laplacian * uneven[:, 3].mean()
        + weights.color_laplacian * (uneven[:, :3] * hands).mean()
    )
