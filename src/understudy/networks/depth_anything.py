"""Depth Anything V2: what is nearer and what is farther away in an image, or how far.

Yang et al., "Depth Anything V2", NeurIPS 2024. The user supplies the weights; the row of
config/weights.yaml says which of the three sizes, and whether its output is metric.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from understudy.networks import torchvision_cpu
from understudy.networks.checkpoints import (
    Shapes,
    State,
    load_strictly,
    read_checkpoint,
    shapes_of,
    state_in,
)

SIDE = 518  # px of an image's shorter side, as the network was trained
PATCH = 14  # px; both sides are multiples of it
INDOORS = 20.0  # m: what the output 1 of a network trained on Hypersim means

_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_SIZES = {
    "vits": (64, [48, 96, 192, 384]),
    "vitb": (128, [96, 192, 384, 768]),
    "vitl": (256, [256, 512, 1024, 1024]),
}


def _builder(encoder: str, features: int, channels: list[int]) -> Callable[[], nn.Module]:
    def build() -> nn.Module:
        torchvision_cpu.install()
        network = import_module("depth_anything_v2.dpt").DepthAnythingV2
        return network(encoder=encoder, features=features, out_channels=channels)

    return build


def _metric(build: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    """The same network as it is trained on metres: its last activation is a sigmoid."""

    def built() -> nn.Module:
        network = build()
        network.set_submodule("depth_head.scratch.output_conv2.3", nn.Sigmoid())
        return network

    return built


NETWORKS = {
    f"depth_anything_v2_{encoder}": _builder(encoder, *sizes) for encoder, sizes in _SIZES.items()
}
NETWORKS |= {
    f"depth_anything_v2_metric_hypersim_{encoder}": _metric(_builder(encoder, *sizes))
    for encoder, sizes in _SIZES.items()
}


def shapes(name: str) -> Shapes:
    """What the checkpoint of a size holds."""
    return shapes_of(NETWORKS[name]())


def state_of(path: Path | str) -> State:
    """The weights in a checkpoint of Depth Anything, which holds nothing else."""
    return state_in({"state": read_checkpoint(path)}, "state", path)


def load_network(name: str, path: Path | str, device: str) -> nn.Module:
    """The network of a row of config/weights.yaml with the weights of a file."""
    return load_strictly(NETWORKS[name](), state_of(path), path, device)


def inverse_depth(
    network: nn.Module, inputs: Sequence[Tensor], size: tuple[int, int], device: str
) -> np.ndarray:
    """The output (k,h,w) float32 of a relative network for images of one `size` (h,w), each as
    `shown` gives it: larger is nearer."""
    return _output(network, inputs, size, device)


def metric_depth(
    network: nn.Module, inputs: Sequence[Tensor], size: tuple[int, int], device: str
) -> np.ndarray:
    """Metres (k,h,w) float32 along the camera's axis, by a metric network."""
    return INDOORS * _output(network, inputs, size, device)


def _output(
    network: nn.Module, inputs: Sequence[Tensor], size: tuple[int, int], device: str
) -> np.ndarray:
    with torch.inference_mode():
        found = network(torch.stack(list(inputs)).to(device))
        # The output's corners coincide with the image's, as in the package's own infer_image.
        found = interpolate(found[:, None], size, mode="bilinear", align_corners=True)
    return found[:, 0].cpu().numpy()


def shown(image: np.ndarray) -> Tensor:
    """An image (h,w,3) uint8 RGB as the network's input (3,·,·): its shorter side 518 px or
    slightly more, both sides a multiple of PATCH."""
    height, width = image.shape[:2]
    scale = SIDE / min(height, width)
    size = [_whole_patches(scale * side) for side in (width, height)]
    resized = cv2.resize(image / 255.0, size, interpolation=cv2.INTER_CUBIC)
    normal = (resized - _MEAN) / _SPREAD
    return torch.from_numpy(normal.astype(np.float32)).permute(2, 0, 1)


def _whole_patches(side: float) -> int:
    near = round(side / PATCH) * PATCH
    return near if near >= SIDE else int(np.ceil(side / PATCH)) * PATCH
