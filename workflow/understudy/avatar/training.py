"""What all kinds of training share: a clip, its poses, which of its frames are held out."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from understudy.avatar.alignment import Alignment
from understudy.avatar.clip import Clip
from understudy.avatar.device import on_device
from understudy.avatar.losses import View
from understudy.avatar.model import Avatar, Cloud
from understudy.avatar.poses import PARTS, CorrectedPoses
from understudy.avatar.settings import TrainSettings
from understudy.body.model import BodyModel
from understudy.body.pose import Pose

NOT_ALIGNED = ("left_foot", "right_foot")  # toes cover too few pixels to be told from noise


class Training(ABC):
    """An avatar in training on a clip: advance it, ask for its state, put a state back.

    poses: the clip's, corrected; free (23,): what of a pose may be aligned; trained, held_out:
    frames; first_log_scale (G,): of the Gaussians at the start; steps: of gradient descent so far;
    done, of `work`: pieces of work so far.
    """

    first_log_scale: Tensor

    def __init__(
        self, clip: Clip, pose: Pose, body: BodyModel, settings: TrainSettings, device: str
    ) -> None:
        self.clip, self.settings, self.device = clip, settings, torch.device(device)
        self.poses = CorrectedPoses(pose, self.device)
        self.free = torch.ones(PARTS)
        self.free[[body.joint(name) for name in NOT_ALIGNED]] = 0
        usable = clip.usable
        self.held_out = usable[settings.held_out_every // 2 : -1 : settings.held_out_every]
        self.trained = sorted(set(usable) - set(self.held_out))
        self.steps, self.done = 0, 0

    @property
    @abstractmethod
    def planned_steps(self) -> int:
        """How many steps of gradient descent there are in all."""

    @property
    @abstractmethod
    def work(self) -> int:
        """How many pieces of work there are in all."""

    @abstractmethod
    def end(self) -> None:
        """Take no more steps; what has to follow the last of them is still to be done."""

    @abstractmethod
    def advance(self) -> Tensor | None:
        """One piece of work; the loss, where there is one, is still on the device."""

    @abstractmethod
    def avatar(self) -> Avatar:
        """The avatar as it is, out of the graph."""

    @abstractmethod
    def state(self) -> tuple[dict[str, Tensor], dict]:
        """Everything a later process needs to go on: tensors, and a JSON-able note."""

    @abstractmethod
    def load_state(self, tensors: dict[str, Tensor], note: dict) -> None:
        """Put back what `state` gave."""

    def backdrop(self) -> Tensor:
        """(h,w,3) in [0,1], on the CPU: the scene without the person."""
        return torch.from_numpy(self.clip.filled_plate()).float() / 255

    def finished(self, avatar: Avatar, seen: Tensor) -> Avatar:
        """The avatar to keep, on the CPU; seen (G,): how far the video shows each Gaussian."""
        return on_device(avatar, "cpu")

    def view(self, t: int) -> View:
        """Frame t inside its box."""
        return on_device(self.clip.view(t), self.device)

    def render(
        self, avatar: Avatar, t: int, correction: Tensor, background: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Frame t's box: rgb (h,w,3) over `background` (3,), alpha (h,w,1)."""
        cloud = avatar.pose_rotations(*self.poses.frames[t].corrected(correction))
        return self.draw(cloud, t, background)

    def draw(self, cloud: Cloud, t: int, background: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Frame t's box of a posed cloud: rgb (h,w,3), premultiplied unless there is a `background`
        (3,), and alpha (h,w,1)."""
        box = self.clip.boxes[t]
        rgb, alpha = cloud.render(
            torch.eye(4, device=self.device)[None],
            self.clip.camera(t)[None].to(self.device),
            box.width,
            box.height,
            None if background is None else background[None].to(self.device),
        )
        return rgb[0], alpha[0]

    def aligned(self, alignment: Alignment, t: int) -> Tensor:
        """(23,3): the correction of frame t, aligned with its picture."""
        frame, correction = self.poses.frames[t], self.poses.corrections[t]
        return alignment.align(frame, correction, self.clip.view(t), self.clip.camera(t))
