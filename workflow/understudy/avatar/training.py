"""The training loop's body: one step, and everything that a checkpoint must hold."""

import math

import numpy as np
import torch
from torch import Tensor

from understudy.avatar.clip import Clip
from understudy.avatar.losses import image_loss, surface_loss
from understudy.avatar.model import Avatar
from understudy.avatar.refinement import PoseRefinement
from understudy.avatar.settings import TrainSettings
from understudy.avatar.trainee import Trainee
from understudy.body.model import BodyModel
from understudy.body.pose import Pose
from understudy.body.skeleton import BODY_JOINTS
from understudy.checkpoint import load_moments, moments, prefixed, without_prefix

NOT_REFINED = ("left_foot", "right_foot")  # toes cover too few pixels to be told from noise
RAMP = 20  # steps over which the rates rise
LAST_RATE = 0.02  # of the peak, at the end
ADAM_BETAS, ADAM_EPSILON = (0.9, 0.95), 1e-12


class Training:
    """An avatar in training on a clip: step it, ask for its state, put a state back."""

    def __init__(
        self,
        clip: Clip,
        pose: Pose,
        body: BodyModel,
        betas: Tensor,
        joint_offset: Tensor,
        settings: TrainSettings,
    ) -> None:
        self.clip, self.settings = clip, settings
        self.trainee = Trainee(body, betas, joint_offset, settings)
        frozen = [body.joint(name) for name in NOT_REFINED]
        self.refinement = PoseRefinement(pose, settings.pose_spacing, frozen)
        usable = clip.usable
        self.held_out = usable[settings.held_out_every // 2 : -1 : settings.held_out_every]
        self.trained = sorted(set(usable) - set(self.held_out))
        rates, trainee = settings.rates, self.trainee
        groups = [
            (trainee.u, rates.offset),
            (trainee.log_scale, rates.scale),
            (trainee.logits, rates.color),
            (trainee.shading, rates.shading),
        ]
        self.peaks = [rate for _, rate in groups]
        self.optimiser = torch.optim.Adam(
            [{"params": [parameter], "lr": rate} for parameter, rate in groups],
            betas=ADAM_BETAS,
            eps=ADAM_EPSILON,
        )
        self.random = np.random.default_rng(settings.seed)
        self.order: list[int] = []  # frames still to draw in this pass over the clip
        self.steps = 0

    def step(self) -> float:
        """Train on one frame; returns the loss."""
        settings, trainee = self.settings, self.trainee
        rate = self._rate()
        for group, peak in zip(self.optimiser.param_groups, self.peaks, strict=True):
            group["lr"] = peak * rate
        settled = self.steps >= settings.warm_up
        if not self.order:
            self.order = self.random.permutation(self.trained).tolist()
        t = self.order.pop()
        background = torch.from_numpy(self.random.random(3, dtype=np.float32))
        correction = self.refinement.at(t).requires_grad_()
        offset = trainee.offset()
        rgb, alpha = self.render(trainee.avatar(offset), t, correction, background)
        loss = image_loss(self.clip.view(t), rgb, alpha, settings.weights, settled)
        loss = loss + surface_loss(trainee, offset, settings.weights)
        loss = loss + self._pose_loss(correction)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        if settled:
            rates = settings.rates
            self.refinement.step(t, correction.grad, rates.pose * rate, rates.transl * rate)
        self.steps += 1
        return float(loss)

    def render(
        self, avatar: Avatar, t: int, correction: Tensor, background: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Frame t's box: rgb (h,w,3) over `background` (3,), alpha (h,w,1)."""
        cloud = avatar.pose_rotations(*self.refinement.posed(t, correction))
        box = self.clip.boxes[t]
        rgb, alpha = cloud.render(
            torch.eye(4)[None],
            self.clip.camera(t)[None],
            box.width,
            box.height,
            background[None],
        )
        return rgb[0], alpha[0]

    def avatar(self) -> Avatar:
        """The avatar as it is, out of the graph."""
        with torch.no_grad():
            return self.trainee.avatar(self.trainee.offset())

    def _rate(self) -> float:
        """The factor on all rates: a ramp, then a cosine."""
        cosine = 0.5 * (1 + math.cos(math.pi * self.steps / self.settings.iterations))
        return min(1.0, (self.steps + 1) / RAMP) * (LAST_RATE + (1 - LAST_RATE) * cosine)

    def _pose_loss(self, correction: Tensor) -> Tensor:
        weights = self.settings.weights
        turn, shift = correction[:BODY_JOINTS], correction[BODY_JOINTS]
        return weights.pose * turn.square().sum() + weights.transl * shift.square().sum()

    def state(self) -> tuple[dict[str, Tensor], dict]:
        """Everything a later process needs to go on: tensors, and a JSON-able note."""
        tensors = prefixed("weights", self.trainee.state_dict())
        tensors |= prefixed("poses", self.refinement.state())
        tensors |= prefixed("adam", moments(self.optimiser))
        random = self.random.bit_generator.state
        return tensors, {"steps": self.steps, "order": self.order, "random": random}

    def load_state(self, tensors: dict[str, Tensor], note: dict) -> None:
        """Put back what `state` gave."""
        self.trainee.load_state_dict(without_prefix("weights", tensors))
        self.refinement.load_state(without_prefix("poses", tensors))
        load_moments(self.optimiser, without_prefix("adam", tensors))
        self.random.bit_generator.state = note["random"]
        self.steps, self.order = note["steps"], list(note["order"])
