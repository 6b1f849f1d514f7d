"""A recogniser of clips, of the architecture that the config names."""

import contextlib

import torch
from torch import nn

from understudy.recognition.architecture import Architecture
from understudy.recognition.settings import RecogniserSettings
from understudy.registry import chosen

from pytorchvideo.models.weight_init import init_net_weights  # isort: skip  (importable by now)


class Recogniser(nn.Module):
    """Clips (b,3,t,s,s), normalised -> class scores (b,classes) before softmax."""

    def __init__(self, settings: RecogniserSettings, classes: int):
        super().__init__()
        architecture: Architecture = chosen("recogniser", settings.architecture)
        self.net, self.paths = architecture.build(settings, classes), architecture.paths
        init_net_weights(self.net, init_std=0.01, style="resnet")
        for module in self.net.modules():
            if isinstance(module, nn.ReLU):
                module.inplace = True  # no gradient needs what it overwrites

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        return self.net(self.paths(clips))

    @property
    def last_layer(self) -> nn.Module:
        """The one that makes scores of features (b,…,d)."""
        *_, head = self.net.get_submodule("blocks").children()
        return head.get_submodule("proj")


def parameter_count(model: nn.Module) -> int:
    """How many parameters a model learns."""
    return sum(parameter.numel() for parameter in model.parameters())


def precision(device: torch.device, mixed: bool) -> contextlib.AbstractContextManager:
    """A context in which forward passes run in bfloat16, if requested and the device has it.

    It has float32's range: the loss needs no scaling, and a checkpoint no scale.
    """
    if not mixed or not _multiplies_bfloat16(device):
        return contextlib.nullcontext()
    return torch.autocast(device.type, torch.bfloat16)


def _multiplies_bfloat16(device: torch.device) -> bool:
    """Whether a GPU, or a processor's matrix unit, multiplies it faster than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return bool(torch.cpu.get_capabilities().get("amx_bf16"))
