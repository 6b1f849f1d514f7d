"""The CUDA rasteriser: gsplat, with the CPU rasteriser's interface."""

import gsplat
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
    means, quats, scales, opacities, colors = (
        x.expand(views, *x.shape[1:]) for x in (means, quats, scales, opacities, colors)
    )
    out, alpha, _ = gsplat.rasterization(
        means,
        quats,
        scales,
        opacities,
        colors[:, None],
        viewmats[:, None],
        Ks[:, None],
        width,
        height,
        packed=False,
        render_mode="RGB+D",
    )
    return out[:, 0], 1 - alpha[:, 0, ..., 0]
