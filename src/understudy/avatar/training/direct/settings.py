"""Every number in the training without networks, with what it does."""

from dataclasses import dataclass, field

from understudy.avatar.training.settings import AlignSettings
from understudy.errors import UserError


@dataclass(frozen=True)
class LossWeights:
    """Weights of the training losses; each term is a mean over its elements unless it says sum."""

    l1: float = 0.8  # of the image on a random background
    ssim: float = 0.2  # 1 - SSIM of the same images
    alpha: float = 1.0  # L1 of alpha against the mask: all that shapes the silhouette
    offset: float = 1.0  # offset^2 (m^2)
    offset_hands: float = 30.0  # extra on hands, whose pose is too coarse to learn shape from
    offset_eyes: float = 300.0  # and on eyeballs, which a smooth offset would pull out
    offset_laplacian: float = 1000.0  # (Laplacian of the offset)^2
    scale: float = 0.02  # (log scale - its start)^2
    scale_laplacian: float = 0.05
    color_laplacian: float = 3e-4  # of the colour's logit
    color_laplacian_hands: float = 20.0  # extra on hands


@dataclass(frozen=True)
class LearningRates:
    """Adam's rates at their peak; all follow one warm-up and one cosine to 2 %."""

    offset: float = 0.003  # of the preconditioned offset (m)
    scale: float = 0.01  # of the log scale
    color: float = 0.05  # of the colour's logit
    shading: float = 0.005


@dataclass(frozen=True)
class DirectSettings:
    """How an avatar without networks is trained.

    Example: DirectSettings(iterations=1200) on 300 frames of 256 px takes some three minutes on one
    core.
    """

    iterations: int = 4000
    """Optimiser steps."""
    max_edge: float = 0.009
    """Longest edge of the mesh that carries the Gaussians, m; smaller means more Gaussians."""
    smoothing: float = 20.0  # lambda of the offset's preconditioner (I + lambda L)^-1
    max_scale: float = 0.03  # m
    opacity: float = 0.999
    align_at: tuple[float, ...] = (0.1, 0.3, 0.6, 1.0)
    """When all poses are aligned with their images, as fractions of the iterations."""
    warm_up: int = 100  # iterations before SSIM counts
    weights: LossWeights = field(default_factory=LossWeights)
    rates: LearningRates = field(default_factory=LearningRates)
    align: AlignSettings = field(default_factory=AlignSettings)

    def __post_init__(self) -> None:
        if self.iterations < 1:
            raise UserError(f"avatar.direct.iterations is {self.iterations}; give at least 1")
        if any(not 0 < share <= 1 for share in self.align_at):
            raise UserError(f"avatar.direct.align_at is {self.align_at}; give shares in (0, 1]")
