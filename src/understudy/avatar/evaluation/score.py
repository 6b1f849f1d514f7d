"""How well a trained avatar reproduces the held-out frames: its metrics.json."""

from dataclasses import dataclass
from pathlib import Path

import torch

from understudy.artifacts.avatar import load_avatar
from understudy.artifacts.fit import load_fit
from understudy.artifacts.trained import load_trained
from understudy.avatar.evaluation.evaluate import FITTED_FRAMES, evaluate, held_out_distance
from understudy.avatar.training.filmed import Filmed
from understudy.avatar.training.footage import load_footage
from understudy.body.load import load_body
from understudy.files import write_json
from understudy.image_metrics.perceptual import Lpips


@dataclass(frozen=True)
class ScoreSettings:
    """size (px, the longer side), held_out_every: as in the avatar's training; fitted_frames:
    held-out frames whose pose is also fitted to the image; lpips: torchvision's AlexNet file, or
    None for no LPIPS."""

    size: int
    held_out_every: int
    fitted_frames: int = FITTED_FRAMES
    lpips: str | None = None


def score_avatar(
    avatar: Path | str,
    trained: Path | str,
    video: Path | str,
    masks: Path | str,
    fit: Path | str,
    body: Path | str,
    out: Path | str,
    settings: ScoreSettings,
    device: str = "cpu",
) -> None:
    """Write metrics.json: the scores of held-out frames (`evaluate`), and how the training went.

    avatar, trained: what `train_avatar` wrote from the video, masks and fit. UserError if they
    do not belong together.
    """
    model = load_body(body)
    fitted, figure, kept = (
        load_fit(fit, model.model_id),
        load_avatar(avatar, model),
        load_trained(trained),
    )
    clip = load_footage(video, masks, fitted.K, fitted.size, settings.size)
    filmed = Filmed(clip, fitted.pose, fitted.own(model), settings.held_out_every, device)
    filmed.held_out = [t for t in filmed.held_out if t not in kept.trained]
    filmed.poses.corrections = torch.from_numpy(kept.corrections).to(filmed.device)
    details = (torch.from_numpy(x).to(filmed.device) for x in (kept.turns, kept.smiles))
    filmed.poses.refine(*details)
    metrics = {
        **evaluate(filmed, figure, torch.from_numpy(kept.backdrop), settings.fitted_frames),
        "gaussians": len(figure),
        "unseen": kept.unseen,
        "train_seconds": kept.seconds,
        "iterations": kept.steps,
        "frames": {"trained": len(kept.trained), "held_out": len(filmed.held_out)},
        "size": list(clip.images.shape[1:3]),
        "loss_curve": kept.losses,
    }
    if settings.lpips:
        distance = held_out_distance(filmed, figure, Lpips("alex", settings.lpips))
        metrics["held_out"]["lpips"] = round(distance, 4)
    write_json(out, metrics)
