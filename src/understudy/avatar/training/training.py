"""What all kinds of training share: advance it, get its state, restore a state."""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor

from understudy.avatar.training.filmed import Filmed
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.device import on_device


class Training(Filmed, ABC):
    """An avatar in training on a clip.

    own_settings: the class of its settings' `own`; first_log_scale (G,): of the Gaussians at the
    start; steps: of gradient descent so far; done, of `work`: pieces of work so far.
    """

    own_settings: ClassVar[type]
    first_log_scale: Tensor

    def __init__(self, subject: Subject, settings: TrainSettings, device: str = "cpu") -> None:
        every = settings.held_out_every
        super().__init__(subject.clip, subject.fit.pose, subject.body, every, device)
        self.settings, self.own = settings, settings.own
        self.steps, self.done = 0, 0

    @property
    @abstractmethod
    def planned_steps(self) -> int:
        """How many steps of gradient descent there are in all."""

    @property
    def settled(self) -> bool:
        """Whether the training may be ended early for want of progress."""
        return True

    @property
    @abstractmethod
    def work(self) -> int:
        """How many pieces of work there are in all."""

    @abstractmethod
    def end(self) -> None:
        """Take no more steps; what must follow the last one remains to be done."""

    @abstractmethod
    def advance(self) -> Tensor | None:
        """One piece of work; the loss, if there is one, still on the device."""

    @abstractmethod
    def avatar(self) -> Avatar:
        """The current avatar, detached from the graph."""

    @abstractmethod
    def state(self) -> tuple[dict[str, Tensor], dict]:
        """Everything a later process needs to continue: tensors, and JSON-able metadata."""

    @abstractmethod
    def load_state(self, tensors: dict[str, Tensor], note: dict) -> None:
        """Restore what `state` returned."""

    def backdrop(self) -> Tensor:
        """(h,w,3) in [0,1], on the CPU: the scene without the person."""
        return torch.from_numpy(self.clip.filled_plate()).float() / 255

    def finished(self, avatar: Avatar, seen: Tensor) -> Avatar:
        """The avatar to keep, on the CPU; seen (G,): how far the video shows each Gaussian."""
        return on_device(avatar, "cpu")
