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

    preset: Literal["release", "paper"] = ExAvatarSettings.preset
    """Which frames are used for training. release: one in six, as in ExAvatar's published command.
    paper: all that are not held out, as in the paper's text; six times the steps."""

    subdivisions: Annotated[int, Field(ge=0, le=2)] = ExAvatarSettings.subdivisions
    """How many times every edge of the body mesh is halved; ExAvatar uses 2 (167,000 Gaussians with
    SMPL-X), 0 and 1 suit a CPU."""

    epochs: Count = ExAvatarSettings.epochs
    """Passes over the clip; each draws every frame `repeats` times."""

    repeats: Count = ExAvatarSettings.repeats
    """How many times a frame is drawn in an epoch."""

    lpips: File | None = ExAvatarSettings.lpips
    """torchvision's VGG-16 weights (vgg16-397923af.pth from download.pytorch.org/models), which add
    ExAvatar's LPIPS loss. Null: no such loss."""

    scene: Literal["gaussians", "plate"] = ExAvatarSettings.scene
    """Background during training. gaussians: scene Gaussians that start from the depth maps and are
    trained jointly, as in ExAvatar. plate: the empty background, measured from the pixels outside
    the masks."""


class Direct(Section):
    """Settings of the model direct."""

    iterations: Count = DirectSettings.iterations
    """Optimiser steps."""

    max_edge: Annotated[float, Field(gt=0, le=1)] = DirectSettings.max_edge
    """Longest edge of the mesh that carries the Gaussians, m; smaller means more Gaussians."""

    align_at: Annotated[list[PositiveShare], Field(min_length=1), Unique] = Field(
        list(DirectSettings.align_at)
    )
    """When all poses are aligned with their images, as fractions of the iterations."""


class AvatarSection(Section):
    """Avatar training."""

    model: Literal[*CHOICES["avatar"]] = "direct"
    """direct: a colour, size and position for each Gaussian, no networks, poses aligned with the
    images. exavatar: the networks and losses of the paper's backbone (docs/avatars.md). Each model
    has its own section; the other keys apply to both."""

    size: Annotated[int, Field(ge=64, le=4096)] = TrainSettings.size
    """Longest side of the training images in pixels."""

    held_out_every: Annotated[int, Field(ge=2, le=1000)] = TrainSettings.held_out_every
    """One frame in this many is held out of training and used to score the avatar."""

    patience: PositiveShare = TrainSettings.patience
    """Training (of either model) stops early when held-out frames have not improved for this share
    of its steps; 1: never."""

    lpips: File | None = None
    """AlexNet weights (download.pytorch.org/models/alexnet-owt-7be5be79.pth), to score held-out
    frames by LPIPS too; null: no LPIPS."""

    checkpoint_seconds: Positive = TrainSettings.checkpoint_seconds
    """Seconds between checkpoints, from which a killed training resumes."""

    direct: Direct = Field(default_factory=Direct)
    """Settings of the model direct."""

    exavatar: ExAvatar = Field(default_factory=ExAvatar)
    """Settings of the model exavatar."""
