"""The paper's 3D ResNet, as PyTorchVideo builds it, at any depth and width."""

from torch import Tensor, nn

from understudy.recognition.architecture import Architecture, last_side
from understudy.recognition.settings import RecogniserSettings

from pytorchvideo.models import resnet, slowfast  # isort: skip  (after what makes it importable)


def _build(settings: RecogniserSettings, classes: int) -> nn.Module:
    # PyTorchVideo has depth 18 in SlowFast only.
    resnet._MODEL_STAGE_DEPTH.setdefault(18, slowfast._MODEL_STAGE_DEPTH[18])
    side = last_side(settings)
    return resnet.create_resnet(
        model_depth=settings.depth,
        model_num_class=classes,
        dropout_rate=settings.dropout,
        stem_dim_out=settings.width,
        # The default (4,7,7) fits 224 px only; this is the whole last feature map.
        head_pool_kernel_size=(settings.frames, side, side),
    )


def _whole(clips: Tensor) -> Tensor:
    return clips


RESNET = Architecture(_build, _whole)
