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
    RECIPES,
    WEIGHTINGS,
    RecogniserSettings,
)

LessThanOne = Annotated[float, Field(ge=0, lt=1)]


def _built(depth: int) -> int:
    if depth not in DEPTHS:
        raise ValueError
    return depth


Depth = Annotated[  # not a Literal: to that, 50.0 is 50
    int, AfterValidator(_built), allowed("one of " + ", ".join(map(str, DEPTHS)))
]


def _paper_frames(told: dict) -> int:
    return FRAMES[told["architecture"]]


class RecogniserSection(Section):
    """A recogniser and its training; without settings it is the paper's ResNet-50."""

    of = RecogniserSettings

    architecture: Literal[*ARCHITECTURES] = RecogniserSettings.architecture
    depth: Depth = RecogniserSettings.depth
    width: Annotated[int, Field(ge=8, le=1024, multiple_of=8)] = RecogniserSettings.width
    frames: Annotated[int, Field(ge=1, le=1024)] = Field(default_factory=_paper_frames)
    size: Annotated[int, Field(ge=32, le=2048)] = RecogniserSettings.size
    input: Literal[*INPUTS] = RecogniserSettings.input
    pretrained: File | None = RecogniserSettings.pretrained
    epochs: Count = RecogniserSettings.epochs
    steps: Count | None = RecogniserSettings.steps
    optimiser: Literal[*OPTIMISERS] = RecogniserSettings.optimiser
    lr: PositiveShare = RecogniserSettings.lr
    momentum: LessThanOne = RecogniserSettings.momentum
    weight_decay: Share = RecogniserSettings.weight_decay
    final_lr: Share = RecogniserSettings.final_lr
    batch: Count = RecogniserSettings.batch
    balanced: bool = RecogniserSettings.balanced
    recipe: Literal[*RECIPES] = RecogniserSettings.recipe
    smoothing: LessThanOne = RecogniserSettings.smoothing
    weighting: Literal[*WEIGHTINGS] = RecogniserSettings.weighting
    dropout: LessThanOne = RecogniserSettings.dropout
    clip_share: PositiveShare = RecogniserSettings.clip_share
    test_spans: Annotated[int, Field(ge=0, le=64)] = RecogniserSettings.test_spans
    zoom: Annotated[float, Field(ge=1, le=10)] = RecogniserSettings.zoom
    flip: Share = RecogniserSettings.flip
    contrast: LessThanOne = RecogniserSettings.contrast
    saturation: Share = RecogniserSettings.saturation
    greyscale: Share = RecogniserSettings.greyscale
    cache_gb: Annotated[float, Field(ge=0, le=MANY)] = RecogniserSettings.cache_gb
    workers: Annotated[int, Field(ge=0, le=256)] | None = RecogniserSettings.workers
    mixed_precision: bool = RecogniserSettings.mixed_precision
    checkpoint_seconds: Positive = RecogniserSettings.checkpoint_seconds

    @field_validator("frames")
    @classmethod
    def _whole_fours(cls, frames: int, info: ValidationInfo) -> int:
        if info.data.get("architecture") == "slowfast" and frames % 4:
            raise ValueError(f"{frames} cannot be used by slowfast; give a multiple of 4")
        return frames
