"""What the video never shows: Gaussians without evidence copy their neighbours' looks."""

from dataclasses import replace

import cv2
import numpy as np
import scipy.sparse as sp
import torch
from scipy.sparse.linalg import splu
from torch import Tensor

from understudy.avatar.training.training import Training
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.device import on_device
from understudy.gaussians.mesh import graph_laplacian, region

STRENGTH = 0.02  # of the neighbours, relative to a Gaussian that was fully seen
NOTHING = 1e-7  # evidence of a Gaussian that was never seen: its own value remains if none has any
FRAMES = 48  # looked at
FINGERS = ("index", "middle", "pinky", "ring", "thumb")
FINGER_TRUST = 1e-3  # in the colours of fingers: too thin for their pose, they show what is behind
FRINGE = 2  # px inside the mask's outline that do not count as seen


def seen_weight(training: Training, avatar: Avatar) -> Tensor:
    """(G,) in [0,1]: how far the video shows each Gaussian.

    Its largest contribution, in pixels, to any one trained frame; less on fingers.

    A Gaussian's blending weight in an image is the gradient of the image's sum with respect to its
    colour. Pixels at the mask's edge do not count: their colour may be the background's.
    """
    frames = training.trained[:: max(1, len(training.trained) // FRAMES)]
    square = np.ones((2 * FRINGE + 1,) * 2, np.uint8)
    seen = torch.zeros(len(avatar), device=training.device)
    for t in frames:
        inside = (training.clip.masked(t).mask[..., 0].numpy() > 0.5).astype(np.uint8)
        counted = torch.from_numpy(cv2.erode(inside, square)).float().to(training.device)
        colors = torch.zeros_like(avatar.colors, requires_grad=True)
        bare = replace(avatar, colors=colors, shading=torch.zeros_like(avatar.shading))
        rgb, _ = training.render(bare, t, training.poses.corrections[t], torch.zeros(3))
        (rgb[..., 0] * counted).sum().backward()
        assert colors.grad is not None
        seen = torch.maximum(seen, colors.grad[:, 0])
    sides = [f"{side}_{finger}" for side in ("left", "right") for finger in FINGERS]
    fingers = region(avatar.rig.body, tuple(sides))
    trust = 1 - (1 - FINGER_TRUST) * avatar.rig.surface.interpolate(fingers)[:, 0]
    return (seen.clamp(0, 1) * trust).cpu()


def fill(avatar: Avatar, seen: Tensor, first_log_scale: Tensor) -> Avatar:
    """Spread colours and sizes over the surface from where they were `seen` (G,).

    Minimises sum seen (x - x0)^2 + STRENGTH sum over edges (x_i - x_j)^2. Sizes are spread as
    the ratio to their start, first_log_scale (G,). The returned avatar is on the CPU.
    """
    avatar, first_log_scale = on_device(avatar, "cpu"), first_log_scale.cpu()
    evidence = seen.numpy().astype(np.float64) + NOTHING
    laplacian = graph_laplacian(avatar.rig.surface.faces.numpy(), len(avatar))
    factor = splu((sp.diags(evidence) + STRENGTH * laplacian).tocsc())
    growth = (avatar.scales.log() - first_log_scale)[:, None]
    known = torch.cat([avatar.colors, growth], 1).numpy().astype(np.float64)
    spread = torch.from_numpy(factor.solve(evidence[:, None] * known)).float()
    return replace(
        avatar,
        colors=spread[:, :3].clamp(0, 1),
        scales=(first_log_scale + spread[:, 3]).exp(),
    )
