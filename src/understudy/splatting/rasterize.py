"""The entry point of the rasterisers."""

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
    backgrounds: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Render Gaussians in C views: on CUDA (gsplat) if `means` is there, else on the CPU.

    means (n,3), quats (n,4) wxyz of any length, scales (n,3) standard deviations, opacities (n,)
    in [0,1], colors (n,3). Each may have a leading C: one cloud per view, as for a batch of frames.
    viewmats (C,4,4) world to camera, OpenCV axes; Ks (C,3,3) px, pixel centres at +0.5;
    backgrounds (C,3) or None for black.

    Returns rgb (C,h,w,3), premultiplied by alpha and over the background if there is one;
    alpha (C,h,w,1); expected depth (C,h,w,1) along z, 0 if empty. Differentiable in all
    but Ks. The conventions are gsplat's: EWA with 0.3 px^2 blur, alpha in [1/255, 0.999], a pixel
    closed at transmittance 1e-4.
    """
    if means.is_cuda:
        from understudy.splatting.cuda import rasterize as splat  # gsplat exists only with CUDA
    else:
        from understudy.splatting.cpu import rasterize as splat
    means, quats, scales, colors = (
        x[None] if x.ndim == 2 else x for x in (means, quats, scales, colors)
    )
    opacities = opacities[None] if opacities.ndim == 1 else opacities
    out, T = splat(means, quats, scales, opacities, colors, viewmats, Ks, width, height)
    rgb, depth, T = out[..., :3], out[..., 3:], T[..., None]
    if backgrounds is not None:
        rgb = rgb + T * backgrounds[:, None, None]
    alpha = 1 - T
    return rgb, alpha, depth / alpha.clamp(min=1e-10)  # where nothing is, both are 0
