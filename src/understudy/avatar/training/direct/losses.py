"""A render against the image."""

from torch import Tensor

from understudy.avatar.training.direct.settings import LossWeights
from understudy.avatar.training.masked_frame import MaskedFrame
from understudy.image_metrics.similarity import ssim


def image_loss(
    view: MaskedFrame,
    rgb: Tensor,
    alpha: Tensor,
    background: Tensor,
    weights: LossWeights,
    structure: bool,
) -> Tensor:
    """A render, rgb (h,w,3) premultiplied and alpha (h,w,1), on a background (3,) against the view.

    Outside the mask nothing is asked of the colour: what sticks out of it would only learn the
    background's. Only alpha pulls it in. `structure`: with SSIM, which disturbs the first steps,
    when nothing is in place yet.
    """
    over = view.over(rgb, alpha, background)
    target = view.target(over.detach())
    loss = weights.l1 * ((over - target).abs() * view.color_trust).mean()
    loss = loss + weights.alpha * ((alpha - view.mask).abs() * view.mask_trust).mean()
    if structure:
        loss = loss + weights.ssim * (1 - ssim(over, target))
    return loss
