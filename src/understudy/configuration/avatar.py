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
    """Of model exavatar."""

    preset: Literal["release", "paper"] = ExAvatarSettings.preset
    """Which frames are trained on. release: one in six, as ExAvatar's published command does.
    paper: all but those held out, as the text says, six times the steps."""

    subdivisions: Annotated[int, Field(ge=0, le=2)] = ExAvatarSettings.subdivisions
    """How often every edge of the body's mesh is halved; 2 is ExAvatar's (167,000 Gaussians
    with SMPL-X), 0 and 1 are for a CPU."""

    epochs: Count = ExAvatarSettings.epochs
    """Passes over the clip; each draws every frame `repeats` times."""

    repeats: Count = ExAvatarSettings.repeats
    """How often a frame is drawn in an epoch."""

    lpips: File | None = ExAvatarSettings.lpips
    """torchvision's file of VGG-16 (vgg16-397923af.pth of download.pytorch.org/models): adds
    ExAvatar's LPIPS loss. Null does without."""

    scene: Literal["gaussians", "plate"] = ExAvatarSettings.scene
    """What is behind the person while training. gaussians: a scene trained along, from the
    depth maps, as ExAvatar does. plate: the bare wall, measured from the pixels outside the
    masks."""


class Direct(Section):
    """Of model direct."""

    iterations: Count = DirectSettings.iterations
    """Optimiser steps."""

    max_edge: Annotated[float, Field(gt=0, le=1)] = DirectSettings.max_edge
    """Longest edge of the surface that carries the Gaussians, m; smaller means more Gaussians."""

    align_at: Annotated[list[PositiveShare], Field(min_length=1), Unique] = Field(
        list(DirectSettings.align_at)
    )
    """When the poses of all frames are aligned with their pictures, as shares of the iterations."""


class AvatarSection(Section):
    """Avatar training."""

    model: Literal[*CHOICES["avatar"]] = "direct"
    """direct: a colour, size and place for each Gaussian, no networks, the poses aligned with
    the pictures. exavatar: the networks and losses of the paper's backbone (docs/avatars.md).
    Each has a section of its own; the other keys count for both."""

    size: Annotated[int, Field(ge=64, le=4096)] = TrainSettings.size
    """Longest side of the training images in pixels."""

    held_out_every: Annotated[int, Field(ge=2, le=1000)] = TrainSettings.held_out_every
    """One frame in so many is never trained on and measures the avatar."""

    patience: PositiveShare = TrainSettings.patience
    """A training of either model ends early when held-out frames have gained nothing for this
    share of its steps; 1: never."""

    lpips: File | None = None
    """AlexNet's weights (download.pytorch.org/models/alexnet-owt-7be5be79.pth), to score
    held-out frames by LPIPS too; null does without."""

    checkpoint_seconds: Positive = TrainSettings.checkpoint_seconds
    """Time between two saved states that a killed training continues from."""

    direct: Direct = Field(default_factory=Direct)
    """Of model direct."""

    exavatar: ExAvatar = Field(default_factory=ExAvatar)
    """Of model exavatar."""
