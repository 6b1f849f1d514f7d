"""The CUDA rasteriser: gsplat, with the CPU rasteriser's interface."""

import gsplat
import torch
from torch import Tensor


def rasterize(
    means: Tensor,
    quats: Tensor,
    scales: Tensor,
    opacities: Tensor,
    colors: Tensor,
    viewmats: Tensor,
    Ks: Tensor,
    width: int,
    height: int,
) -> tuple[Tensor, Tensor]:
    """Clouds (C or 1, n, …) -> sum of w (rgb, depth) (C,h,w,4), transmittance (C,h,w).

    gsplat's leading batch dimension is one cloud with one camera each; a cloud that all views
    share is expanded, not copied.
    """
    views = len(viewmats)
    cloud = [x.expand(views, *x.shape[1:]) for x in (means, quats, scales, opacities, colors)]
    # gsplat 1.5.3 sums the gradients of a batch's cameras over the batch (its kernel groups
    # threads by the camera's number alone), so views whose camera needs one are drawn one by one.
    size = 1 if viewmats.requires_grad else views
    parts = [
        _batch(
            [x[k : k + size] for x in cloud],
            viewmats[k : k + size],
            Ks[k : k + size],
            width,
            height,
        )
        for k in range(0, views, size)
    ]
    sums, left = (torch.cat(part) for part in zip(*parts, strict=True))
    return sums, left


def _batch(
    cloud: list[Tensor], viewmats: Tensor, Ks: Tensor, width: int, height: int
) -> tuple[Tensor, Tensor]:
    """Like `rasterize`, for clouds with one camera each."""
    *shape, colors = cloud
    out, alpha, _ = gsplat.rasterization(
        *shape,
        colors[:, None],
        viewmats[:, None],
        Ks[:, None],
        width,
        height,
        packed=False,
        render_mode="RGB+D",
    )
    return out[:, 0], 1 - alpha[:, 0, ..., 0]
