"""torchvision's networks with random weights in their convolutions, for LPIPS."""

import torch
from torch import nn

from understudy.networks import torchvision_cpu

NAMES = {"alex": "alexnet", "vgg": "vgg16"}


def convolutions(network: str) -> nn.Module:
    """AlexNet ("alex") or VGG-16 ("vgg") without its classifier."""
    torchvision_cpu.install()
    from torchvision import models

    with torch.device("meta"):
        whole = getattr(models, NAMES[network])(weights=None)
    whole.classifier = nn.Identity()
    whole.features.to_empty(device="cpu")
    torch.manual_seed(0)
    for layer in whole.features:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.normal_(layer.bias, std=0.1)
    return whole
