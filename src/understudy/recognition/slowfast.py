"""The paper's SlowFast, as PyTorchVideo builds it, at any depth and width."""

from torch import Tensor, nn

from understudy.recognition.architecture import Architecture, last_side
from understudy.recognition.settings import RecogniserSettings

from pytorchvideo.models import slowfast  # isort: skip  (after what makes it importable)

SLOW_STRIDE = 4  # the slow path sees every fourth frame (alpha in SlowFast's paper)
FAST_REDUCTION = 8  # the fast path has an eighth of the slow one's channels (1 / beta)


def _build(settings: RecogniserSettings, classes: int) -> nn.Module:
    side = last_side(settings)
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


def _slow_and_fast(clips: Tensor) -> list[Tensor]:
    """PyTorchVideo writes into the list it is given, so each call gets a fresh one."""
    return [clips[:, :, ::SLOW_STRIDE], clips]


SLOWFAST = Architecture(_build, _slow_and_fast)
