"""Square crops of images inside a network: RoIAlign.

He et al., "Mask R-CNN", ICCV 2017, as torchvision.ops.roi_align does it by default (aligned=False,
sampling_ratio=-1), whose binaries do not load with a CPU build of torch.
"""

import torch
from torch import Tensor


def roi_align(pictures: Tensor, boxes: Tensor, size: int) -> Tensor:
    """Each image (n,C,h,w) cropped to its box (n,4) x0, y0, x1, y1 px, as (n,C,size,size).

    A cell is the mean of evenly spaced bilinear samples, as many per axis as a cell has pixels,
    rounded up; a sample more than a pixel outside the image is 0. Pixel centres are at
    integers, and a box is at least a pixel wide.
    """
    height, width = pictures.shape[2:]
    extent = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1)
    rows = _shares(boxes[:, 1], extent[:, 1], size, height)
    columns = _shares(boxes[:, 0], extent[:, 0], size, width)
    return rows[:, None] @ pictures @ columns[:, None].transpose(2, 3)


def _shares(low: Tensor, extent: Tensor, size: int, pixels: int) -> Tensor:
    """Along one axis (n,size,pixels): each pixel's weight in each cell of a box from low (n,)."""
    count = (extent / size).ceil()[:, None, None]
    sample = torch.arange(int(count.max()), device=low.device)
    cell = torch.arange(size, device=low.device)[:, None]
    at = low[:, None, None] + (extent / size)[:, None, None] * (cell + (sample + 0.5) / count)
    used = (sample < count) & (at >= -1) & (at <= pixels)
    near = at.clamp(0, pixels - 1)[..., None] - torch.arange(pixels, device=low.device)
    return ((1 - near.abs()).clamp(min=0) * used[..., None]).sum(2) / count
