"""The two recognisers of the paper, as PyTorchVideo builds them, at any depth and width."""

import contextlib

import torch
from torch import nn

from understudy.networks import torchvision_cpu
from understudy.recognition.settings import RecogniserSettings

torchvision_cpu.install()

from pytorchvideo.models import resnet, slowfast  # noqa: E402  (needs the line above)
from pytorchvideo.models.weight_init import init_net_weights  # noqa: E402

SLOW_STRIDE = 4  # the slow path of SlowFast sees every fourth frame (alpha in its paper)
FAST_REDUCTION = 8  # the fast path has an eighth of the slow one's channels (1 / beta)
SHRINK = 32  # stem, pool and stages halve the side five times


class Recogniser(nn.Module):
    """Clips (b,3,t,s,s), normalised -> class scores (b,classes) before softmax."""

    def __init__(self, settings: RecogniserSettings, classes: int):
        super().__init__()
        self.slow_and_fast = settings.architecture == "slowfast"
        build = _slowfast if self.slow_and_fast else _resnet
        self.net = build(settings, classes)
        init_net_weights(self.net, init_std=0.01, style="resnet")

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        if not self.slow_and_fast:
            return self.net(clips)
        # SlowFast writes into the list it is given: a fresh one for each call.
        return self.net([clips[:, :, ::SLOW_STRIDE], clips])


def _resnet(settings: RecogniserSettings, classes: int) -> nn.Module:
    # PyTorchVideo knows its depth 18 in SlowFast only.
    resnet._MODEL_STAGE_DEPTH.setdefault(18, slowfast._MODEL_STAGE_DEPTH[18])
    return resnet.create_resnet(
        model_depth=settings.depth,
        model_num_class=classes,
        dropout_rate=settings.dropout,
        stem_dim_out=settings.width,
        # The default (4,7,7) fits 224 px alone; this is the whole last feature map.
        head_pool_kernel_size=(settings.frames, _last_side(settings), _last_side(settings)),
    )


def _slowfast(settings: RecogniserSettings, classes: int) -> nn.Module:
    side = _last_side(settings)
    return slowfast.create_slowfast(
        model_depth=settings.depth,
        model_num_class=classes,
        dropout_rate=settings.dropout,
        slowfast_channel_reduction_ratio=FAST_REDUCTION,
        stem_dim_outs=(settings.width, settings.width // FAST_REDUCTION),
        head_pool_kernel_sizes=(
            (settings.frames // SLOW_STRIDE, side, side),
            (settings.frames, side, side),
        ),
    )


def _last_side(settings: RecogniserSettings) -> int:
    """Side of the last feature map: five times halved, rounded up."""
    return -(-settings.size // SHRINK)


def parameter_count(model: nn.Module) -> int:
    """How many numbers a model learns."""
    return sum(parameter.numel() for parameter in model.parameters())


def precision(device: torch.device, mixed: bool) -> contextlib.AbstractContextManager:
    """Within, forward passes run in bfloat16 where it is asked for and the GPU has it.

    It has float32's range: the loss needs no scaling, and a saved state no scale.
    """
    if not mixed or device.type != "cuda":
        return contextlib.nullcontext()
    if not torch.cuda.is_bf16_supported(including_emulation=False):
        return contextlib.nullcontext()
    return torch.autocast("cuda", torch.bfloat16)
