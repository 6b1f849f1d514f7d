"""A render against the picture."""

from dataclasses import dataclass

from torch import Tensor

from understudy.avatar.settings import LossWeights
from understudy.avatar.similarity import ssim


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
