"""Rasterising 3D Gaussians: `rasterize()`, on the CPU (numba) or on CUDA (gsplat)."""

from understudy.splatting.rasterize import rasterize

__all__ = ["rasterize"]
