"""Points from heat maps, and the features at them."""

import torch
from torch import Tensor
from torch.nn.functional import grid_sample


def soft_argmax(scores: Tensor) -> tuple[Tensor, Tensor]:
    """Scores (n,J,d,h,w) -> heat maps that sum to 1, (n,J,d,h,w), and their means (n,J,3) x, y, z
    in cells, 0 being the first cell's centre (Sun et al., "Integral human pose regression", 2018).
    """
    heat = scores.flatten(2).softmax(2).view_as(scores)
    along = (heat.sum((2, 3)), heat.sum((2, 4)), heat.sum((3, 4)))
    means = [(share * torch.arange(share.shape[2]).to(share)).sum(2) for share in along]
    return heat, torch.stack(means, 2)


def at_joints(features: Tensor, points: Tensor) -> Tensor:
    """Features (n,C,h,w) at points (n,J,2 or more) x, y in cells: (n,J,C); bilinear, 0 outside."""
    last = points.new_tensor([features.shape[3] - 1, features.shape[2] - 1])
    at = points[:, :, None, :2] / last * 2 - 1
    return grid_sample(features, at, align_corners=True)[..., 0].transpose(1, 2)
