"""Avatars of the bench: each trained once, with its quality against seconds, and kept.

A run is in results/bench/avatar_runs/{method}.{person}.{digest of settings and inputs}/. One that
was stopped continues where it was. Code is not in the digest: delete what a change concerns.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from tests.bench.avatar_world import Identity
from tests.bench.figures import ROOT
from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.avatar import load_avatar, save_avatar
from understudy.artifacts.fit import load_fit
from understudy.artifacts.truth import load_held_out
from understudy.avatar.evaluation.evaluate import FITTED, evaluate, held_out_frame, mean_score
from understudy.avatar.evaluation.heldout import fitting, placing, render_pictures, score_pictures
from understudy.avatar.training.alignment import Alignment
from understudy.avatar.training.fill import fill, seen_weight
from understudy.avatar.training.footage import Footage, load_footage, person_box
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.avatar.training.train import begin
from understudy.avatar.training.training import Training
from understudy.body.load import load_body
from understudy.checkpoint import (
    Interval,
    interruptible,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
)
from understudy.demo.actions.held_out import HARD, POSES
from understudy.demo.world import CUTOUTS
from understudy.files import file_digest, read_json, write_json
from understudy.gaussians.avatar import Avatar

RUNS = ROOT / "results/bench/avatar_runs"
POINTS = 12  # of a curve
CURVE_FRAMES = 6  # held-out frames averaged for a point of the curve
SHEET = 256  # px, of one image of a sheet
STORED = ("frames", "colors", "alphas")  # of cutouts.npz

# On a CPU every method has one thread and its CPU seconds count, so other work does not matter.
clock = time.perf_counter if torch.cuda.is_available() else time.process_time

Maker = Callable[[Training, "Run"], tuple[Avatar, dict]]


@dataclass(frozen=True)
class Run:
    """One method on one person. `settings` is all that the method depends on."""

    method: str
    identity: Identity
    settings: TrainSettings
    options: tuple = ()  # of methods not covered by TrainSettings

    @property
    def folder(self) -> Path:
        truths = (self.held_out, self.identity.path("cutouts.npz"))
        inputs = [file_digest(path) for path in (*self.identity.inputs, *truths)]
        told = json.dumps([asdict(self.settings), self.options, inputs], sort_keys=True)
        digest = hashlib.sha256(told.encode()).hexdigest()[:10]
        return RUNS / f"{self.method}.{self.identity.person}.{digest}"

    @property
    def held_out(self) -> Path:
        return self.identity.path("held_out.npz")

    def training(self) -> Training:
        """A training on this person's video, at its first step."""
        video, masks, depth, fit, body = self.identity.inputs
        model = load_body(body)
        fitted = load_fit(fit, model.model_id)
        clip = load_footage(video, masks, fitted.K, fitted.size, self.settings.size)
        return begin(Subject(clip, depth, fitted, model), self.settings)

    def true_clip(self, clip: Footage) -> Footage:
        """`clip` with the world's own render of the person alone: held-out frames are measured
        against that, without video noise and without the steps of a mask's outline."""
        stored = load_arrays(self.identity.path("cutouts.npz"), CUTOUTS)
        images, masks = clip.images.copy(), np.zeros_like(clip.masks)
        size = masks.shape[:0:-1]
        for t, color, alpha in zip(*(stored[name] for name in STORED), strict=True):
            soft = alpha[..., None] / np.float32(255)
            masks[t] = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
            premultiplied = cv2.resize(color * soft, size, interpolation=cv2.INTER_AREA)
            own = premultiplied / np.maximum(masks[t][..., None] / np.float32(255), 1 / 255)
            images[t] = np.clip(own + 0.5, 0, 255)
        boxes = tuple(person_box(mask) or box for mask, box in zip(masks, clip.boxes, strict=True))
        return replace(clip, images=images, masks=masks, boxes=boxes)

    def avatar(self) -> Avatar:
        """What `result` kept."""
        return load_avatar(self.folder / "avatar.safetensors", load_body(self.identity.inputs[-1]))


def result(run: Run, make: Maker) -> dict:
    """The scores of a run, made if they are not there yet; `made` says how the run went.

    Of held-out frames, as `evaluate` gives them; of held-out poses, posed by ground truth and with
    the pose fitted, all and the hard ones. A sheet of the poses is next to them, truth above.
    """
    path = run.folder / "result.json"
    if path.is_file():
        return read_json(path)
    run.folder.mkdir(parents=True, exist_ok=True)
    training = run.training()
    avatar, made = make(training, run)
    save_avatar(run.folder / "avatar.safetensors", avatar, {})
    composite = evaluate(training, avatar)["held_out_composite"]
    training.clip = run.true_clip(training.clip)
    scores = {**evaluate(training, avatar), "held_out_composite": composite}
    scores |= pose_scores(run, avatar)
    write_json(path, {**scores, "gaussians": len(avatar), "made": made})
    remove_checkpoint(run.folder / "checkpoint.safetensors")
    return read_json(path)


def pose_scores(run: Run, avatar: Avatar) -> dict:
    """Scores of the held-out poses; writes poses.jpg: truth, placed, fitted."""
    pictures = load_held_out(run.held_out)
    placed = placing(avatar, pictures)
    fitted = fitting(avatar, pictures, placed)
    names = [name for name, *_ in POSES]
    hard = [names.index(name) for name in HARD]
    scores, rows = {}, [pictures.images]
    for name, corrections in (("poses", placed), ("poses_fitted", fitted)):
        drawn = render_pictures(avatar, pictures, corrections)
        rows.append(drawn.images)
        every = score_pictures(drawn, pictures, list(range(len(names))))
        scores[name] = mean_score(every)
        scores[f"{name}_hard"] = mean_score([every[t] for t in hard])
    sheet = Image.fromarray(np.concatenate([np.concatenate(list(row), axis=1) for row in rows]))
    sheet.resize((SHEET * len(names), SHEET * len(rows))).save(run.folder / "poses.jpg", quality=88)
    return scores


def trained(training: Training, run: Run) -> tuple[Avatar, dict]:
    """Train to the end. made: seconds, and the curve [[seconds, dB as fitted, dB fitted], …].

    The time it takes to measure a point of the curve does not count.
    """
    checkpoint, job = run.folder / "checkpoint.safetensors", run.folder.name
    stored = load_checkpoint(checkpoint, job)
    seconds, curve, truth = 0.0, [], run.true_clip(training.clip)
    if stored:
        training.load_state(*stored)
        seconds, curve = stored[1]["seconds"], stored[1]["curve"]
    points = {round(training.work * (k + 1) / POINTS) for k in range(POINTS)}
    due = Interval(60)
    with interruptible() as interruption:
        while training.done < training.work:
            began = clock()
            training.advance()
            seconds += clock() - began
            if training.done in points:
                curve.append([round(seconds, 1), *_quality(training, truth)])
                print(run.method, run.identity.person, *curve[-1], flush=True)
            if interruption.requested or due.passed():
                tensors, note = training.state()
                save_checkpoint(
                    checkpoint, job, tensors, {**note, "seconds": seconds, "curve": curve}
                )
            interruption.stop_if_requested()
    began = clock()
    avatar = training.avatar()
    avatar = training.finished(avatar, seen_weight(training, avatar))
    seconds += clock() - began
    return avatar, {"seconds": round(seconds, 1), "curve": curve, "steps": training.steps}


def _quality(training: Training, truth: Footage) -> tuple[float, float]:
    """PSNR (dB) of some held-out frames: posed as their neighbours, and fitted to the image."""
    watched, training.clip = training.clip, truth
    training.poses.interpolate(training.trained)
    avatar, between = training.avatar(), training.poses.corrections
    alignment = Alignment(avatar, training.free, FITTED)
    frames = np.array(training.held_out)[
        np.linspace(0, len(training.held_out) - 1, CURVE_FRAMES).astype(int)
    ]
    posed, fitted = [], []
    for t in frames.tolist():
        posed.append(held_out_frame(training, avatar, t, between[t]).psnr)
        fitted.append(held_out_frame(training, avatar, t, training.aligned(alignment, t)).psnr)
    training.clip = watched
    return round(float(np.mean(posed)), 3), round(float(np.mean(fitted)), 3)


def plain(training: Training, run: Run) -> tuple[Avatar, dict]:
    """The body's surface as it is, each Gaussian of the mean colour that it was seen with."""
    avatar = training.avatar()
    colors = torch.zeros_like(avatar.colors, requires_grad=True)
    bare = replace(avatar, colors=colors, shading=torch.zeros_like(avatar.shading))
    total, weight = torch.zeros_like(colors), torch.zeros(len(avatar), 1)
    for t in training.trained[::6]:
        view = training.clip.masked(t)
        rgb, _ = training.render(bare, t, training.poses.corrections[t], torch.zeros(3))
        inside = view.mask * view.color_trust
        # A Gaussian's blending weights in an image are the gradient of the image by its colour.
        total += torch.autograd.grad((rgb * view.image * inside).sum(), colors, retain_graph=True)[
            0
        ]
        weight += torch.autograd.grad((rgb * inside).sum(), colors)[0][:, :1]
    mean = replace(bare, colors=total / weight.clamp(min=1e-6))
    return fill(mean, seen_weight(training, mean), training.first_log_scale), {}
