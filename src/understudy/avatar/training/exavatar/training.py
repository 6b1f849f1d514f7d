"""ExAvatar's training, frame by frame."""

import math
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from understudy.avatar.training.exavatar.face import unwrapped
from understudy.avatar.training.exavatar.human import Human
from understudy.avatar.training.exavatar.losses import (
    Drawn,
    Regularisers,
    Shot,
    image_terms,
    scene_terms,
)
from understudy.avatar.training.exavatar.motion import Motion
from understudy.avatar.training.exavatar.scene import (
    GaussianScene,
    PlateScene,
    scene_points,
)
from understudy.avatar.training.exavatar.settings import ExAvatarSettings
from understudy.avatar.training.poses import frame_poses
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.avatar.training.training import Training
from understudy.checkpoint import load_moments, moments, prefixed, without_prefix
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.device import on_device
from understudy.gaussians.mesh import first_log_scale
from understudy.image_metrics.perceptual import Lpips

ADAM_EPSILON = 1e-15
RELEASE_FIRST, RELEASE_EVERY = 4, 6  # frames that the paper's code trains on: 4, 10, 16, …


def release_frames(usable: list[int], held_out: list[int]) -> tuple[list[int], list[int]]:
    """The frames that the release trains on, and those held out: the ones given that it does not
    train on. Where all would be lost, those are left out of training instead."""
    trained = usable[RELEASE_FIRST::RELEASE_EVERY]
    left = [t for t in held_out if t not in trained]
    if left:
        return trained, left
    return [t for t in trained if t not in held_out], held_out


class ExAvatarTraining(Training):
    """Training of a `Human` in front of a scene, and of the poses.

    The person is composited over the scene by its alpha: furniture never occludes anybody.
    """

    own_settings = ExAvatarSettings

    def __init__(self, subject: Subject, settings: TrainSettings, device: str = "cpu") -> None:
        super().__init__(subject, settings, device)
        clip, fit = subject.clip, subject.fit
        if self.own.preset == "release":
            self.trained, self.held_out = release_frames(clip.usable, self.held_out)
        torch.manual_seed(settings.seed)  # for the networks' initial weights
        human = Human(subject, self.own)
        person = subject.body.shaped(fit.betas, fit.joint_offset)
        fitted = frame_poses(fit.pose)
        trained = {t: fitted[t] for t in self.trained}
        face = unwrapped(person, human.surface, human.parts, clip, trained)
        self.face = on_device(face, self.device)
        self.human = human.to_device(self.device)
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
        self.motion = Motion([self.poses.fitted[t] for t in self.trained])
        self.optimiser = torch.optim.Adam(
            [
                {"params": list(self.human.parameters()), "lr": self.own.rate},
                {"params": list(self.motion.parameters()), "lr": self.own.pose_rate},
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

    @property
    def settled(self) -> bool:
        return self._drops == len(self.own.rate_steps)

    @property
    def _drops(self) -> int:
        """How often the rates have been lowered."""
        return sum(self.steps > share * self.planned_steps for share in self.own.rate_steps)

    def advance(self) -> Tensor:
        own, human = self.own, self.human
        for group, peak in zip(self.optimiser.param_groups, self.peaks, strict=True):
            group["lr"] = peak * 0.1**self._drops
        if self.steps % own.nearest_every == 0:
            self.nearest = human.nearest_rig()
        if not self.order:
            epoch = np.repeat(np.arange(len(self.trained)), own.repeats)
            self.order = self.random.permutation(epoch).tolist()
        drawn = self.order.pop()
        loss = self._loss(drawn)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.scene.step(self.steps)
        self._keep(drawn)
        self.steps += 1
        self.done += 1
        if self.done == self.work:
            self.poses.interpolate(self.trained)
        return loss.detach()

    def _keep(self, k: int) -> None:
        """Tell the clip's poses how the k-th frame's was refined."""
        t, poses = self.trained[k], self.poses
        change = self.motion.change(k, poses.fitted[t])
        poses.corrections[t], poses.turns[t], poses.smiles[t] = change

    def _loss(self, k: int) -> Tensor:
        human, t, weights = self.human, self.trained[k], self.own.weights
        features = human.features()
        looks = human.looks(features)
        avatar = human.avatar(looks, self.nearest)
        pose = self.motion.pose(k)
        base = avatar.pose_rotations(*pose)
        refined, change = human.refined(avatar, looks, features, pose)
        view, picture = self.masked(t), self.scene.picture()
        color = torch.from_numpy(self.random.random(3, dtype=np.float32)).to(self.device)
        behind = picture[self.clip.box(t).slices].detach()
        shot = Shot(view.image, view.mask, behind, color, self.clip.camera(t))
        # Untrained networks make Gaussians as large as the room.
        largest = self.own.warm_up_scale if self.steps < self.own.warm_up else math.inf
        terms = [*self.regularisers.terms(looks, change, refined.colors[0], largest).values()]
        for cloud in (base, refined):
            small = replace(cloud, scales=cloud.scales.clamp(max=largest))
            drawn = Drawn(*self.draw(small, t), cloud.means[0])
            terms += image_terms(drawn, shot, weights, self.face, self.lpips).values()
        if picture.requires_grad:
            image = torch.from_numpy(self.clip.images[t]).float().to(self.device) / 255
            mask = torch.from_numpy(self.clip.masks[t]).float().to(self.device)[..., None] / 255
            terms += scene_terms(picture, image, mask, weights).values()
        return torch.stack(terms).sum()

    def backdrop(self) -> Tensor:
        with torch.no_grad():
            return self.scene.picture().cpu()

    def avatar(self) -> Avatar:
        """What is animated, as in ExAvatar: the Gaussians that are the same in every pose."""
        human = self.human
        with torch.no_grad():
            found = human.avatar(human.looks(human.features()), human.nearest_rig())
        skeleton = human.betas.detach().clone(), human.joints_moved.detach().clone()
        return replace(found, rig=found.rig.of_person(*skeleton))

    def state(self) -> tuple[dict[str, Tensor], dict]:
        tensors = prefixed("human", self.human.state_dict())
        tensors |= prefixed("scene", self.scene.state())
        tensors |= prefixed("adam", moments(self.optimiser))
        tensors |= prefixed("motion", self.motion.state_dict())
        tensors["nearest"] = self.nearest.surface.vertex_ids
        random = self.random.bit_generator.state
        note = {"order": self.order, "steps": self.steps, "last_step": self.last_step}
        return tensors, {"random": random, **note}

    def load_state(self, tensors: dict[str, Tensor], note: dict) -> None:
        self.human.load_state_dict(without_prefix("human", tensors))
        self.nearest = self.human.rig_at(tensors["nearest"].to(self.device))
        self.scene.load_state(without_prefix("scene", tensors))
        load_moments(self.optimiser, without_prefix("adam", tensors))
        self.motion.load_state_dict(without_prefix("motion", tensors))
        for k in range(len(self.trained)):
            self._keep(k)
        self.random.bit_generator.state = note["random"]
        self.order, self.last_step = list(note["order"]), note["last_step"]
        self.steps = self.done = note["steps"]
