"""Which pixels of a photo show floor, by a small convolutional network.

Its input tells of each pixel, besides its colour, where the camera's ray through it goes and which
way the edges about it run in the room: on a floor they run level, on walls and furniture also
upright, and that holds for any material. It was trained on photos of random rooms made of the demo
world's kit, and of nothing else (`tests/bench/floor_training.py`); its weights are in this folder.
"""

from functools import cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from understudy.artifacts.room import RoomCamera, axes

WEIGHTS = Path(__file__).with_name("floor_net.safetensors")
CHANNELS = 8
_WIDTHS = (8, 16, 24, 40)  # of the levels, each of half the resolution of the one before
_ALONG = 0.1  # sine of the angle by which an edge may miss an axis of the room
_SMOOTHED = 0.7  # px, before edges are looked for


class FloorNet(nn.Module):
    """A U-Net (Ronneberger et al., 2015): channels (b,8,h,w) -> log odds (b,h,w) of floor."""

    def __init__(self) -> None:
        super().__init__()
        finest = _WIDTHS[0]
        self.first = _conv(CHANNELS, finest)
        pairs = list(pairwise(_WIDTHS))
        self.down = nn.ModuleList(_conv(few, many, 2) for few, many in pairs)
        self.middle = _conv(2 * _WIDTHS[-1], _WIDTHS[-1])
        self.up = nn.ModuleList(_conv(few + many, few) for few, many in reversed(pairs))
        self.last = nn.Conv2d(finest, 1, 1)

    def forward(self, channels: Tensor) -> Tensor:
        levels = [self.first(channels)]
        for down in self.down:
            levels.append(down(levels[-1]))
        coarse = levels.pop()
        overall = coarse.mean((2, 3), keepdim=True).expand_as(coarse)
        coarse = self.middle(torch.cat([coarse, overall], 1))
        for up in self.up:
            fine = levels.pop()
            larger = functional.interpolate(coarse, fine.shape[2:], mode="bilinear")
            coarse = up(torch.cat([fine, larger], 1))
        return self.last(coarse)[:, 0]


def floor_odds(picture: np.ndarray, camera: RoomCamera) -> np.ndarray:
    """Log odds (h,w) of each pixel of a picture (h,w,3) uint8 RGB to show floor."""
    with torch.inference_mode():
        odds = _trained()(torch.from_numpy(channels(picture, camera))[None])[0].numpy()
    return cv2.resize(odds, (camera.width, camera.height))


def channels(picture: np.ndarray, camera: RoomCamera) -> np.ndarray:
    """(8,h/2,w/2) float32 of a picture (h,w,3) uint8 RGB: its colours without its mean; how strong
    edges are that run upright, level along the walls, and askew; the angles of each pixel's ray
    below the horizon and to the right."""
    half = (camera.width // 2, camera.height // 2)
    colours = cv2.resize(picture, half, interpolation=cv2.INTER_AREA) / 64.0
    edges = cv2.resize(_edges(picture, camera), half, interpolation=cv2.INTER_AREA)
    right, up, back = (camera.resized(*half).rays() @ camera.axes.T).transpose(2, 0, 1)
    below = np.arctan2(-up, np.hypot(right, back))
    maps = [colours - colours.mean((0, 1)), np.log1p(edges / 16), below, np.arctan2(right, -back)]
    return np.dstack(maps).transpose(2, 0, 1).astype(np.float32)


def _edges(picture: np.ndarray, camera: RoomCamera) -> np.ndarray:
    """(h,w,3) f32: the strength of edges that run upright, level along the walls, and askew."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (0, 0), _SMOOTHED)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down) + 1e-6
    rays = camera.rays()[..., :2].astype(np.float32)
    along = []
    for x, y, z in axes(camera.pitch, camera.roll, camera.walls).astype(np.float32):
        to_x, to_y = x - z * rays[..., 0], y - z * rays[..., 1]  # its vanishing point
        miss = (across * to_x + down * to_y) / (strength * (np.hypot(to_x, to_y) + 1e-6))
        along.append(np.exp(-((miss / _ALONG) ** 2)))
    level, upright = np.maximum(along[0], along[2]), along[1]
    askew = 1 - np.maximum(level, upright)
    return strength[..., None] * np.dstack([upright, level, askew])


def _conv(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outside), nn.ReLU())


@cache
def _trained() -> FloorNet:
    net = FloorNet()
    net.load_state_dict(load_file(WEIGHTS))
    return net.eval()
