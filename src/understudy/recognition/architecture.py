"""What an architecture of recognisers is: the values of `architecture` in a model's settings."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from understudy.networks import torchvision_cpu
from understudy.recognition.settings import RecogniserSettings

torchvision_cpu.install()  # PyTorchVideo imports torchvision

SHRINK = 32  # stem, pool and stages halve the side five times


@dataclass(frozen=True)
class Architecture:
    """build: a network of (settings, how many classes); paths: from clips (b,3,t,s,s) to what the
    network takes."""

    build: Callable[[RecogniserSettings, int], nn.Module]
    paths: Callable[[Tensor], Tensor | list[Tensor]]


def last_side(settings: RecogniserSettings) -> int:
    """Side of the last feature map: five times halved, rounded up."""
    return -(-settings.size // SHRINK)
