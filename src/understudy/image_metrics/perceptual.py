"""LPIPS: how different two images look to a trained network (Zhang et al., CVPR 2018), version 0.1.

The distance between the activations of five stages of a network at each position, each activation
normalised, weighted by layers that were fitted to people's judgements. The stages and those layers
are the package lpips'; the network is AlexNet (for scores) or VGG-16 (for a loss), as published by
torchvision: files that the user supplies.
"""

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from understudy.errors import UserError
from understudy.files import package_folder
from understudy.networks import torchvision_cpu
from understudy.networks.checkpoints import misfit, read_checkpoint, shapes_of

HOME = "a network of download.pytorch.org/models"
EPSILON = 1e-10  # against activations that are all zero


class Lpips(nn.Module):
    """Two images (h,w,3) in [0,1], sides at least 32 px -> their distance, differentiable.

    network: "alex" or "vgg"; weights: torchvision's file of it, from which the features are read.
    UserError if it is another file.
    """

    def __init__(self, network: str, weights: Path | str) -> None:
        super().__init__()
        torchvision_cpu.install()
        import lpips

        # On meta, torchvision's classifier, which is not used, takes neither memory nor time.
        with torch.device("meta"), warnings.catch_warnings(action="ignore"):
            published = lpips.LPIPS(net=network, pretrained=False, pnet_rand=True, verbose=False)
        published.net.load_state_dict(_features(weights, published.net), assign=True)
        fitted = package_folder("lpips") / f"weights/v0.1/{network}.pth"
        layers = torch.load(fitted, map_location="cpu", weights_only=True)
        published.load_state_dict(layers, strict=False, assign=True)
        self.published = published.requires_grad_(False)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """As lpips computes it, but in one pass for both images, stage by stage, so that what one
        takes is free for the next, and with a gradient where all activations are zero: lpips 0.1.4
        has NaN there."""
        pair = torch.stack([a, b]).permute(0, 3, 1, 2) * 2 - 1
        activations = self.published.scaling_layer(pair)
        distance = pair.new_zeros(())
        for number, layer in enumerate(self.published.lins, start=1):
            activations = getattr(self.published.net, f"slice{number}")(activations)
            one, other = normalize(activations, dim=1, eps=EPSILON)
            weights = layer.model[-1].weight[0]  # (C,1,1), of a 1 × 1 convolution
            distance = distance + ((one - other).square() * weights).sum(0).mean()
        return distance


def _features(path: Path | str, network: nn.Module) -> dict[str, Tensor]:
    """The weights of the network's convolutions, named as lpips names them, in a torchvision file.

    lpips cuts torchvision's `features` into slices: features.3.bias is slice2.3.bias.
    """
    if not Path(path).is_file():
        raise UserError(f"{path}: no such file; LPIPS needs {HOME}, see config/README.md")
    stored = read_checkpoint(path)
    own = {
        name.removeprefix("features."): tensor
        for name, tensor in (stored.items() if isinstance(stored, dict) else ())
        if name.startswith("features.")
    }
    shapes = {name.partition(".")[2]: shape for name, shape in shapes_of(network).items()}
    wrong = misfit(shapes, {name: tuple(tensor.shape) for name, tensor in own.items()})
    if wrong:
        raise UserError(f"{path}: not the network that LPIPS is computed with: {wrong}")
    return {
        name: own[name.partition(".")[2]].to(torch.float32, copy=True)
        for name in network.state_dict()
    }
