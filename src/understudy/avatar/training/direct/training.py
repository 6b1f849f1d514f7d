"""Training without networks: every Gaussian has parameters of its own.

Training alternates. Steps of gradient descent change the avatar and leave the poses alone; at
intervals (`align_at`) the avatar is frozen and every trained frame's pose is aligned with its
image, which also shows where the person's joints are.
"""

import math

import numpy as np
import torch
from torch import Tensor

from understudy.avatar.training.alignment import Alignment
from understudy.avatar.training.direct.losses import image_loss
from understudy.avatar.training.direct.settings import DirectSettings
from understudy.avatar.training.direct.surface_parameters import SurfaceParameters, surface_loss
from understudy.avatar.training.fill import fill
from understudy.avatar.training.joints import JointSystem
from understudy.avatar.training.poses import combined
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.avatar.training.training import Training
from understudy.checkpoint import load_moments, moments, prefixed, without_prefix
from understudy.gaussians.avatar import Avatar

RAMP = 20  # steps over which the rates rise
LAST_RATE = 0.02  # of the peak, at the end
ADAM_BETAS, ADAM_EPSILON = (0.9, 0.95), 1e-12


class DirectTraining(Training):
    """Training of `SurfaceParameters` with our own losses."""

    own_settings = DirectSettings

    def __init__(self, subject: Subject, settings: TrainSettings, device: str = "cpu") -> None:
        super().__init__(subject, settings, device)
        skeleton = subject.fit.betas, subject.fit.joint_offset
        self.trainee = SurfaceParameters(subject.body, *skeleton, self.own, self.device)
        self.first_log_scale = self.trainee.first_log_scale
        rates, trainee = self.own.rates, self.trainee
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
        steps = {max(1, round(share * self.own.iterations)) for share in self.own.align_at}
        self.last_step = self.own.iterations
        self.rounds = sorted(steps)  # the numbers of steps after which poses are aligned
        self.round = 0  # the next of them
        self.to_align: list[int] = []  # frames that the current round has still to align
        self.alignment: Alignment | None = None  # of the current round's avatar
        self.joints = JointSystem()  # what the current round has found about them

    @property
    def planned_steps(self) -> int:
        return self.own.iterations

    @property
    def work(self) -> int:
        return self.last_step + len(self.rounds) * len(self.trained)

    def end(self) -> None:
        if self.rounds[self.round :]:
            self.rounds = [*self.rounds[: self.round], self.steps]
        self.last_step = self.steps

    def advance(self) -> Tensor | None:
        """A step, whose loss is returned, or one frame's pose aligned."""
        self.done += 1
        if not self.to_align and self.steps in self.rounds[self.round :]:
            self.round += 1
            self.to_align = list(reversed(self.trained))
        if not self.to_align:
            return self.step()
        self._align(self.to_align.pop())
        if not self.to_align:
            self._end_round()
        return None

    def _align(self, t: int) -> None:
        if self.alignment is None:
            self.alignment = Alignment(self.avatar(), self.free, self.own.align)
        frame, correction = self.poses.frames[t], self.poses.corrections[t]
        view, K = self.clip.masked(t), self.clip.camera(t)
        correction, *equations = self.alignment.solve(frame, correction, view, K)
        self.poses.corrections[t] = correction
        self.joints.add(t, *equations)

    def _end_round(self) -> None:
        """Move the joints to where the round says they are, and the poses along with them."""
        change = self.trainee.move_joints(self.joints, self.own.align.joint_trust)
        for t in self.trained:
            step = self.joints.followed(t, change)
            self.poses.corrections[t] = combined(step, self.poses.corrections[t])
        self.poses.interpolate(self.trained)
        self.alignment, self.joints = None, JointSystem()

    def step(self) -> Tensor:
        """Train the avatar on one frame; returns the loss."""
        own, trainee = self.own, self.trainee
        rate = self._rate()
        for group, peak in zip(self.optimiser.param_groups, self.peaks, strict=True):
            group["lr"] = peak * rate
        settled = self.steps >= own.warm_up
        if not self.order:
            self.order = self.random.permutation(self.trained).tolist()
        t = self.order.pop()
        background = torch.from_numpy(self.random.random(3, dtype=np.float32))
        offset = trainee.offset()
        posed = self.poses.frames[t].corrected(self.poses.corrections[t])
        rgb, alpha = self.draw(trainee.avatar(offset).pose_rotations(*posed), t)
        background = background.to(self.device)
        loss = image_loss(self.masked(t), rgb, alpha, background, own.weights, settled)
        loss = loss + surface_loss(trainee, offset, own.weights)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.steps += 1
        return loss.detach()

    def avatar(self) -> Avatar:
        with torch.no_grad():
            return self.trainee.avatar(self.trainee.offset())

    def finished(self, avatar: Avatar, seen: Tensor) -> Avatar:
        """What the video never shows takes its neighbours' looks."""
        return fill(avatar, seen, self.first_log_scale)

    def _rate(self) -> float:
        """The factor on all rates: a ramp, then a cosine."""
        cosine = 0.5 * (1 + math.cos(math.pi * self.steps / self.own.iterations))
        return min(1.0, (self.steps + 1) / RAMP) * (LAST_RATE + (1 - LAST_RATE) * cosine)

    def state(self) -> tuple[dict[str, Tensor], dict]:
        tensors = prefixed("weights", self.trainee.state_dict())
        tensors["corrections"] = self.poses.corrections
        tensors["joint_offset"] = self.trainee.rig.joint_offset
        tensors |= prefixed("joints", self.joints.state())
        tensors |= prefixed("adam", moments(self.optimiser))
        random = self.random.bit_generator.state
        names = ("steps", "last_step", "done", "order", "rounds", "round", "to_align")
        return tensors, {"random": random, **{name: getattr(self, name) for name in names}}

    def load_state(self, tensors: dict[str, Tensor], note: dict) -> None:
        self.trainee.load_state_dict(without_prefix("weights", tensors))
        self.poses.corrections = tensors["corrections"].to(self.device)
        self.trainee.set_joints(tensors["joint_offset"].to(self.device))
        self.joints.load_state(without_prefix("joints", tensors))
        load_moments(self.optimiser, without_prefix("adam", tensors))
        self.random.bit_generator.state = note["random"]
        self.steps, self.done = note["steps"], note["done"]
        self.order, self.last_step = list(note["order"]), note["last_step"]
        self.rounds, self.round = list(note["rounds"]), note["round"]
        self.to_align, self.alignment = list(note["to_align"]), None
