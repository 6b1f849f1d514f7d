"""The configuration's `avatar`: the training of avatars."""

from typing import Annotated, Literal

from pydantic import Field

from understudy.avatar.training.direct.settings import DirectSettings
from understudy.avatar.training.exavatar.settings import ExAvatarSettings
from understudy.avatar.training.settings import TrainSettings
from understudy.choices import CHOICES
from understudy.configuration.kinds import (
    Count,
    File,
    Positive,
    PositiveShare,
    Section,
    Unique,
)


class ExAvatar(Section):
    """Settings of the model exavatar."""

    of = ExAvatarSettings

    preset: Literal["release", "paper"] = ExAvatarSettings.preset
    subdivisions: Annotated[int, Field(ge=0, le=2)] = ExAvatarSettings.subdivisions
    epochs: Count = ExAvatarSettings.epochs
    repeats: Count = ExAvatarSettings.repeats
    lpips: File | None = ExAvatarSettings.lpips
    scene: Literal["gaussians", "plate"] = ExAvatarSettings.scene


class Direct(Section):
    """Settings of the model direct."""

    of = DirectSettings

    iterations: Count = DirectSettings.iterations
    max_edge: Annotated[float, Field(gt=0, le=1)] = DirectSettings.max_edge
    align_at: Annotated[list[PositiveShare], Field(min_length=1), Unique] = Field(
        default=list(DirectSettings.align_at)
    )


class AvatarSection(Section):
    """Avatar training."""

    of = TrainSettings

    model: Literal[*CHOICES["avatar"]] = "direct"
    size: Annotated[int, Field(ge=64, le=4096)] = TrainSettings.size
    held_out_every: Annotated[int, Field(ge=2, le=1000)] = TrainSettings.held_out_every
    patience: PositiveShare = TrainSettings.patience
    lpips: File | None = None
    """AlexNet weights (download.pytorch.org/models/alexnet-owt-7be5be79.pth), to score held-out
    frames by LPIPS too; null: no LPIPS."""

    checkpoint_seconds: Positive = TrainSettings.checkpoint_seconds
    direct: Direct = Field(default_factory=Direct)
    """Settings of the model direct."""

    exavatar: ExAvatar = Field(default_factory=ExAvatar)
    """Settings of the model exavatar."""
