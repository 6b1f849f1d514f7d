"""LPIPS: how different two images look to a trained network (Zhang et al., CVPR 2018), version 0.1.

The distance between the activations of five stages of a network at each position, each activation
normalised, weighted by linear layers that were fitted to people's judgements. Those layers come
with the package lpips; the network is AlexNet (for scores) or VGG-16 (for a loss), as published by
torchvision: files that the user supplies.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from understudy.errors import UserError
from understudy.files import package_folder
from understudy.networks.checkpoints import misfit, read_checkpoint

# Normalisation, for images in [-1,1], of ImageNet networks.
SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
HOME = "a network of download.pytorch.org/models"
EPSILON = 1e-10  # against activations that are all zero


def _convolution(before: int, after: int, kernel: int, padding: int, stride: int = 1):
    return [nn.Conv2d(before, after, kernel, stride, padding), nn.ReLU()]


def _alexnet() -> tuple[list[nn.Module], tuple[int, ...]]:
    """torchvision's features, and the indices after which a stage ends."""
    layers = [
        *_convolution(3, 64, 11, padding=2, stride=4),
        nn.MaxPool2d(3, 2),
        *_convolution(64, 192, 5, padding=2),
        nn.MaxPool2d(3, 2),
        *_convolution(192, 384, 3, padding=1),
        *_convolution(384, 256, 3, padding=1),
        *_convolution(256, 256, 3, padding=1),
    ]
    return layers, (1, 4, 7, 9, 11)


def _vgg16() -> tuple[list[nn.Module], tuple[int, ...]]:
    layers: list[nn.Module] = []
    ends, before = [], 3
    for channels, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        layers += [nn.MaxPool2d(2)] if layers else []
        for _ in range(count):
            layers += _convolution(before, channels, 3, padding=1)
            before = channels
        ends.append(len(layers) - 1)
    return layers, tuple(ends)


NETWORKS = {"alex": _alexnet, "vgg": _vgg16}


class Lpips(nn.Module):
    """Two images (h,w,3) in [0,1], sides at least 32 px -> their distance, differentiable.

    network: "alex" or "vgg"; weights: torchvision's file of it, from which the features are read.
    UserError if it is another file.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, network: str, weights: Path | str) -> None:
        super().__init__()
        layers, self.ends = NETWORKS[network]()
        self.features = nn.Sequential(*layers)
        self.features.load_state_dict(_features(weights, self.features))
        for k, weight in enumerate(_linear(network)):
            self.register_buffer(f"linear{k}", weight)
        self.register_buffer("shift", torch.tensor(SHIFT).view(3, 1, 1))
        self.register_buffer("scale", torch.tensor(SCALE).view(3, 1, 1))
        self.requires_grad_(False)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        pair = torch.stack([a, b]).permute(0, 3, 1, 2) * 2 - 1
        pair = (pair - self.shift) / self.scale
        distance, stage = pair.new_zeros(()), 0
        for number, layer in enumerate(self.features):
            pair = layer(pair)
            if number == self.ends[stage]:
                one, other = normalize(pair, dim=1, eps=EPSILON)
                linear = getattr(self, f"linear{stage}")
                distance = distance + ((one - other).square() * linear).sum(0).mean()
                stage = min(stage + 1, len(self.ends) - 1)
        return distance


def _features(path: Path | str, network: nn.Module) -> dict[str, Tensor]:
    """The weights of the network's convolutions in a torchvision file."""
    if not Path(path).is_file():
        raise UserError(f"{path}: no such file; LPIPS needs {HOME}, see config/README.md")
    stored = read_checkpoint(path)
    own = {
        name.removeprefix("features."): tensor
        for name, tensor in (stored.items() if isinstance(stored, dict) else ())
        if name.startswith("features.")
    }
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    wrong = misfit(wanted, {name: tuple(tensor.shape) for name, tensor in own.items()})
    if wrong:
        raise UserError(f"{path}: not the network that LPIPS is computed with: {wrong}")
    return own


def _linear(network: str) -> list[Tensor]:
    """The five linear layers (C,1,1) that come with the package lpips."""
    path = package_folder("lpips") / f"weights/v0.1/{network}.pth"
    stored = torch.load(path, map_location="cpu", weights_only=True)
    return [stored[f"lin{k}.model.1.weight"][0] for k in range(5)]
