"""The configuration's `experiments.models.NAME`: a recogniser and its training."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from understudy.configuration.kinds import (
    MANY,
    Count,
    File,
    Positive,
    PositiveShare,
    Section,
    Share,
    allowed,
)
from understudy.recognition.settings import (
    ARCHITECTURES,
    DEPTHS,
    FRAMES,
    INPUTS,
    OPTIMISERS,
    RecogniserSettings,
)

LessThanOne = Annotated[float, Field(ge=0, lt=1)]


def _built(depth: int) -> int:
    if depth not in DEPTHS:
        raise ValueError
    return depth


Depth = Annotated[  # no Literal: to that, 50.0 is 50
    int, AfterValidator(_built), allowed("one of " + ", ".join(map(str, DEPTHS)))
]


def _paper_frames(told: dict) -> int:
    return FRAMES[told["architecture"]]


class RecogniserSection(Section):
    """A recogniser and its training; without settings it is the paper's ResNet-50."""

    architecture: Literal[*ARCHITECTURES] = RecogniserSettings.architecture
    """`resnet` (3D ResNet) or `slowfast`, both as PyTorchVideo builds them."""

    depth: Depth = RecogniserSettings.depth
    """Layers: 50 (the paper), 101, 152, or 18: PyTorchVideo's smallest, for demos."""

    width: Annotated[int, Field(ge=8, le=1024, multiple_of=8)] = RecogniserSettings.width
    """Channels of the stem; every later stage scales with it."""

    frames: Annotated[int, Field(ge=1, le=1024)] = Field(default_factory=_paper_frames)
    """Frames per clip, evenly spaced (the paper's: 16, SlowFast 32). SlowFast needs a multiple of
    4: its slow pathway sees every fourth."""

    size: Annotated[int, Field(ge=32, le=2048)] = RecogniserSettings.size
    """Side of the square that frames are resized to, px."""

    input: Literal[*INPUTS] = RecogniserSettings.input
    """`frames` (the paper), or `motion`: each frame minus the mean of its clip, which removes
    everything that does not move before a still camera. A network that starts from random weights
    needs thousands of clips to learn that by itself."""

    pretrained: File | None = RecogniserSettings.pretrained
    """Weights to start from (.pt, .pth, .pyth, .safetensors), of the same architecture, depth and
    width; the last layer is replaced. Null: random weights (the paper). A gain only over random
    weights is weak evidence: add a second model that starts from Kinetics weights."""

    epochs: Count = RecogniserSettings.epochs
    """Passes over the training list (the paper)."""

    steps: Count | None = RecogniserSettings.steps
    """Number of steps, instead of `epochs`, so that a longer list does not train for longer."""

    optimiser: Literal[*OPTIMISERS] = RecogniserSettings.optimiser
    """`adam`, as in PyTorchVideo's tutorial, or `sgd`, as in its trainer example. The paper names
    neither; at its learning rate SGD makes hardly any progress."""

    lr: PositiveShare = RecogniserSettings.lr
    """Initial learning rate."""

    momentum: LessThanOne = RecogniserSettings.momentum
    """Momentum of SGD."""

    weight_decay: Share = RecogniserSettings.weight_decay
    """Weight decay of either optimiser (PyTorchVideo: 0 with Adam, 0.0001 with SGD)."""

    final_lr: Share = RecogniserSettings.final_lr
    """Final learning rate as a fraction of `lr`, reached by cosine decay; 1: constant."""

    batch: Count = RecogniserSettings.batch
    """Clips per step."""

    dropout: LessThanOne = RecogniserSettings.dropout
    """Dropout before the last layer (PyTorchVideo's default)."""

    clip_share: PositiveShare = RecogniserSettings.clip_share
    """Share of a video that a training clip covers, from a random start; 1: the whole video. Test
    clips always cover the whole video."""

    zoom: Annotated[float, Field(ge=1, le=10)] = RecogniserSettings.zoom
    """Training frames are enlarged by up to this factor and cropped at random; 1: never."""

    flip: Share = RecogniserSettings.flip
    """Probability that a training clip is mirrored."""

    cache_gb: Annotated[float, Field(ge=0, le=MANY)] = RecogniserSettings.cache_gb
    """Decoded clips are kept in memory if the whole list fits in this many GB."""

    workers: Annotated[int, Field(ge=0, le=256)] | None = RecogniserSettings.workers
    """Processes that decode clips in advance. Null: 4 on a GPU, none on a CPU, where they would
    take cores from the training."""

    mixed_precision: bool = RecogniserSettings.mixed_precision
    """Run forward passes in bfloat16 on a GPU that supports it; everything else is float32."""

    checkpoint_seconds: Positive = RecogniserSettings.checkpoint_seconds
    """Seconds between checkpoints, from which a killed training resumes."""

    @field_validator("frames")
    @classmethod
    def _whole_fours(cls, frames: int, info: ValidationInfo) -> int:
        if info.data.get("architecture") == "slowfast" and frames % 4:
            raise ValueError(f"{frames} cannot be used by slowfast; give a multiple of 4")
        return frames
