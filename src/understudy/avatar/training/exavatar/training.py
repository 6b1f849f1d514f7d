"""ExAvatar's training, frame by frame."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from understudy.avatar.training.exavatar.human import Human
from understudy.avatar.training.exavatar.losses import Regularisers
from understudy.avatar.training.exavatar.scene import (
    GaussianScene,
    PlateScene,
    scene_points,
)
from understudy.avatar.training.exavatar.settings import ExAvatarSettings
from understudy.avatar.training.poses import PARTS
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.avatar.training.training import Training
from understudy.checkpoint import load_moments, moments, prefixed, without_prefix
from understudy.gaussians.avatar import Avatar, Cloud
from understudy.gaussians.surface import first_log_scale
from understudy.image_metrics.perceptual import Lpips
from understudy.image_metrics.similarity import ssim

ADAM_EPSILON = 1e-15
RELEASE_FIRST, RELEASE_EVERY = 5, 6  # frames that the release trains on: one in six. Its own start
# at 4; one later, none of them is held out here


class ExAvatarTraining(Training):
    """Training of a `Human` in front of a scene, and of the poses.

    The person is composited over the scene by its alpha: furniture never occludes anybody.
    """

    own_settings = ExAvatarSettings

    def __init__(self, subject: Subject, settings: TrainSettings, device: str = "cpu") -> None:
        super().__init__(subject, settings, device)
        clip, skeleton = subject.clip, (subject.fit.betas, subject.fit.joint_offset)
        if self.own.preset == "release":
            some = set(clip.usable[RELEASE_FIRST::RELEASE_EVERY])
            self.trained = sorted(some - set(self.held_out))
        torch.manual_seed(settings.seed)  # for the networks' initial weights
        self.human = Human(subject.body, *skeleton, self.own).to_device(self.device)
        self.first_log_scale = first_log_scale(
            self.human.vertices().detach().cpu().numpy(), self.human.surface.faces.cpu().numpy()
        )
        self.regularisers = Regularisers(self.human, self.own.weights, self.device)
        self.scene = (
            PlateScene(clip, self.device)
            if self.own.scene == "plate"
            else GaussianScene(scene_points(subject.depth, clip), clip, settings.seed, self.device)
        )
        self.lpips = Lpips("vgg", self.own.lpips).to(self.device) if self.own.lpips else None
        # One parameter per frame: one for all would move frames that were not drawn.
        zeros = torch.zeros(len(self.trained), PARTS, 3, device=self.device)
        self.corrections = nn.ParameterList(nn.Parameter(x.clone()) for x in zeros)
        self.optimiser = torch.optim.Adam(
            [
                {"params": list(self.human.parameters()), "lr": self.own.rate},
                {"params": list(self.corrections), "lr": self.own.pose_rate},
            ],
            eps=ADAM_EPSILON,
        )
        self.peaks = (self.own.rate, self.own.pose_rate)
        self.random = np.random.default_rng(settings.seed)
        self.order: list[int] = []  # of `trained`, still to draw in this epoch
        self.last_step = self.planned_steps
        self.nearest = self.human.rig  # whose weights points have

    @property
    def planned_steps(self) -> int:
        return self.own.epochs * self.own.repeats * len(self.trained)

    @property
    def work(self) -> int:
        return self.last_step

    def end(self) -> None:
        self.last_step = self.steps
        self.poses.interpolate(self.trained)

    def advance(self) -> Tensor:
        own, human = self.own, self.human
        passed = sum(self.steps >= share * self.planned_steps for share in own.rate_steps)
        for group, peak in zip(self.optimiser.param_groups, self.peaks, strict=True):
            group["lr"] = peak * 0.1**passed
        if self.steps % own.nearest_every == 0:
            self.nearest = human.nearest_rig()
        if not self.order:
            epoch = np.repeat(np.arange(len(self.trained)), own.repeats)
            self.order = self.random.permutation(epoch).tolist()
        drawn = self.order.pop()
        t, correction = self.trained[drawn], self.corrections[drawn]
        loss = self._loss(t, correction)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.scene.step(self.steps)
        self.poses.corrections[t] = correction.detach()
        self.steps += 1
        self.done += 1
        if self.done == self.work:
            self.poses.interpolate(self.trained)
        return loss.detach()

    def _loss(self, t: int, correction: Tensor) -> Tensor:
        human, weights = self.human, self.own.weights
        features = human.features()
        looks = human.looks(features)
        avatar = human.avatar(looks, self.nearest)
        pose = self.poses.frames[t].corrected(correction)
        base = avatar.pose_rotations(*pose)
        refined, change = human.refined(avatar, looks, features, pose)
        view, picture = self.masked(t), self.scene.picture()
        behind = picture[self.clip.box(t).slices].detach()
        color = torch.from_numpy(self.random.random(3, dtype=np.float32)).to(self.device)
        loss = self.regularisers(looks, change, refined.colors[0])
        for cloud in (base, refined):
            rgb, alpha = self._drawn(cloud, t)
            over = rgb + (1 - alpha) * behind
            loss = loss + weights.l1 * (over - view.image).abs().mean()
            loss = loss + weights.ssim * (1 - ssim(over, view.image))
            if self.lpips:
                loss = loss + weights.lpips * self.lpips(over, view.image)
            alone = (rgb + (1 - alpha) * color) - (view.image * view.mask + (1 - view.mask) * color)
            loss = loss + weights.random_background * alone.abs().mean()
        return loss + self._scene_loss(t, picture)

    def _drawn(self, cloud: Cloud, t: int) -> tuple[Tensor, Tensor]:
        """Frame t's box: rgb (h,w,3), premultiplied, and alpha (h,w,1)."""
        if self.steps < self.own.warm_up:  # untrained networks make Gaussians as large as the room
            small = cloud.scales.clamp(max=self.own.warm_up_scale)
            cloud = Cloud(cloud.means, cloud.colors, small, cloud.opacity)
        return self.draw(cloud, t)

    def _scene_loss(self, t: int, picture: Tensor) -> Tensor:
        if not picture.requires_grad:
            return picture.new_zeros(())
        weights = self.own.weights
        image = torch.from_numpy(self.clip.images[t]).float().to(self.device) / 255
        outside = 1 - torch.from_numpy(self.clip.masks[t]).float().to(self.device)[..., None] / 255
        off = ((picture - image).abs() * outside).mean()
        alike = ssim(picture * outside, image * outside)
        return weights.scene_l1 * off + weights.scene_ssim * (1 - alike)

    def backdrop(self) -> Tensor:
        with torch.no_grad():
            return self.scene.picture().cpu()

    def avatar(self) -> Avatar:
        """What is animated, as in ExAvatar: the Gaussians that are the same in every pose."""
        human = self.human
        with torch.no_grad():
            found = human.avatar(human.looks(human.features()), human.nearest_rig())
        skeleton = human.betas.detach().clone(), human.joint_offset.detach().clone()
        return replace(found, rig=found.rig.of_person(*skeleton))

    def state(self) -> tuple[dict[str, Tensor], dict]:
        tensors = prefixed("human", self.human.state_dict())
        tensors |= prefixed("scene", self.scene.state())
        tensors |= prefixed("adam", moments(self.optimiser))
        tensors["corrections"] = torch.stack(list(self.corrections))
        tensors["nearest"] = self.nearest.surface.vertex_ids
        random = self.random.bit_generator.state
        note = {"order": self.order, "steps": self.steps, "last_step": self.last_step}
        return tensors, {"random": random, **note}

    def load_state(self, tensors: dict[str, Tensor], note: dict) -> None:
        self.human.load_state_dict(without_prefix("human", tensors))
        self.nearest = self.human.rig_at(tensors["nearest"].to(self.device))
        self.scene.load_state(without_prefix("scene", tensors))
        load_moments(self.optimiser, without_prefix("adam", tensors))
        stored = tensors["corrections"].to(self.device)
        for parameter, value in zip(self.corrections, stored, strict=True):
            parameter.data = value
        self.poses.corrections[self.trained] = stored
        self.random.bit_generator.state = note["random"]
        self.order, self.last_step = list(note["order"]), note["last_step"]
        self.steps = self.done = note["steps"]
