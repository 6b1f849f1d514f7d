"""Rectangles of frames as a network wants them, cut on the device that processes them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import grid_sample


@dataclass(frozen=True)
class Cut:
    """Which part of a frame to show: the centre of the crop's first pixel, and the step from one
    pixel centre to the next, px of the frame, x then y. Pixel edges are at integers."""

    first: tuple[float, float]
    step: tuple[float, float]

    def to_frame(self, xy: np.ndarray) -> np.ndarray:
        """Points (…,2) of the crop in px of the frame."""
        return np.asarray(self.first) + (np.asarray(xy) - 0.5) * self.step


def cut_picture(frame: np.ndarray, cut: Cut, size: tuple[int, int], device: str) -> Tensor:
    """A crop (3,h,w) in [0,1] of the given size (h,w), RGB like the frame, uint8 (H,W,3).

    Bilinear between pixel centres; black outside the frame.
    """
    whole = torch.from_numpy(np.ascontiguousarray(frame)).to(device)
    height, width = frame.shape[:2]
    x = cut.first[0] + cut.step[0] * torch.arange(size[1], dtype=torch.float64, device=device)
    y = cut.first[1] + cut.step[1] * torch.arange(size[0], dtype=torch.float64, device=device)
    y, x = torch.meshgrid(2 * y / height - 1, 2 * x / width - 1, indexing="ij")
    at = torch.stack([x, y], -1)[None].float()
    picture = whole.permute(2, 0, 1)[None].float() / 255
    return grid_sample(picture, at, padding_mode="zeros", align_corners=False)[0]
