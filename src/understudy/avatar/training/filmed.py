"""A clip with its fitted poses: what an avatar is trained and measured on."""

import torch
from torch import Tensor

from understudy.avatar.training.alignment import Alignment
from understudy.avatar.training.footage import Footage
from understudy.avatar.training.masked_frame import MaskedFrame
from understudy.avatar.training.poses import PARTS, CorrectedPoses
from understudy.body.model import BodyModel
from understudy.body.pose import Pose
from understudy.gaussians.avatar import Avatar, Cloud
from understudy.gaussians.device import on_device

NOT_ALIGNED = ("left_foot", "right_foot")  # toes cover too few pixels to stand out from noise
WHITE = (1.0, 1.0, 1.0)


class Filmed:
    """A person's clip and poses.

    poses: the clip's, corrected; free (23,): what may be aligned in a pose; trained, held_out:
    frames, one in `held_out_every` of the usable ones is held out.
    """

    def __init__(
        self, clip: Footage, pose: Pose, body: BodyModel, held_out_every: int, device: str
    ) -> None:
        self.clip, self.device = clip, torch.device(device)
        self.poses = CorrectedPoses(pose, self.device)
        self.free = torch.ones(PARTS)
        self.free[[body.joint(name) for name in NOT_ALIGNED]] = 0
        usable = clip.usable
        self.held_out = usable[held_out_every // 2 : -1 : held_out_every]
        self.trained = sorted(set(usable) - set(self.held_out))

    def masked(self, t: int) -> MaskedFrame:
        """Frame t inside its box."""
        return on_device(self.clip.masked(t), self.device)

    def render(
        self, avatar: Avatar, t: int, correction: Tensor, background: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Frame t's box: rgb (h,w,3) over `background` (3,), alpha (h,w,1)."""
        cloud = avatar.pose_rotations(*self.poses.frames[t].corrected(correction))
        return self.draw(cloud, t, background)

    def draw(self, cloud: Cloud, t: int, background: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Frame t's box of a posed cloud: rgb (h,w,3), premultiplied unless there is a `background`
        (3,), and alpha (h,w,1)."""
        box = self.clip.box(t)
        rgb, alpha, _ = cloud.render(
            torch.eye(4, device=self.device)[None],
            self.clip.camera(t)[None].to(self.device),
            box.width,
            box.height,
            None if background is None else background[None].to(self.device),
        )
        return rgb[0], alpha[0]

    def aligned(self, alignment: Alignment, t: int) -> Tensor:
        """(23,3): the correction of frame t, aligned with its image."""
        frame, correction = self.poses.frames[t], self.poses.corrections[t]
        return alignment.align(frame, correction, self.clip.masked(t), self.clip.camera(t))

    def on_white(
        self, avatar: Avatar, t: int, correction: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Frame t's box on white, on the CPU: the avatar with a correction (23,3) of its fitted
        pose, rgb (h,w,3) and alpha (h,w,1); the image (h,w,3) and its mask (h,w,1)."""
        view = self.clip.masked(t)
        with torch.no_grad():
            rgb, alpha = self.render(avatar, t, correction, torch.tensor(WHITE))
        return rgb.cpu(), alpha.cpu(), view.image * view.mask + 1 - view.mask, view.mask
