"""Train an avatar: files in, files out, resumable."""

import time
from dataclasses import asdict
from pathlib import Path

from understudy.avatar.clip import Clip, load_clip
from understudy.avatar.direct import DirectTraining
from understudy.avatar.evaluate import evaluate
from understudy.avatar.exavatar.scene import scene_points
from understudy.avatar.exavatar.training import ExAvatarTraining
from understudy.avatar.fill import seen_weight
from understudy.avatar.save import save_avatar
from understudy.avatar.settings import TrainSettings
from understudy.avatar.training import Training
from understudy.avatar.turntable import write_turntable
from understudy.body.model import BodyModel, load_body
from understudy.checkpoint import (
    Interval,
    interruptible,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
)
from understudy.errors import UserError
from understudy.files import file_digest, write_json
from understudy.fitting.io import Fit, load_fit
from understudy.progress import progress

CURVE_STEPS = 50  # steps that one point of the loss curve averages


def train_avatar(
    video: Path | str,
    masks: Path | str,
    depth: Path | str,
    fit: Path | str,
    body: Path | str,
    out_dir: Path | str,
    settings: TrainSettings,
    device: str = "cpu",
) -> None:
    """Train one person's avatar; write avatar.safetensors, metrics.json and turntable.png.

    video: the person turning round; masks, depth, fit: its masks.npz, depth.npz and fit .npz; body:
    the SMPL-X-format file that the fit was made with; device: "cpu" or "cuda". While it trains,
    checkpoint.safetensors beside the outputs holds its whole state: a run that is killed goes on
    from there, with the same result. On SIGTERM, SIGUSR1 or SIGINT it is written at once, and the
    process exits with 128 + its number.

    UserError where the inputs do not belong together or show too little of a person.
    """
    out_dir, began = Path(out_dir), time.monotonic()
    model = load_body(body)
    fitted = load_fit(fit, model.model_id)
    clip = load_clip(video, masks, fitted.K, fitted.size, settings.size)
    if len(fitted.pose) != len(clip):
        raise UserError(
            f"{fit}: {len(fitted.pose)} frames, but {video} has {len(clip)}; delete it and rerun"
        )
    training = begin(clip, depth, fitted, model, settings, device)
    inputs = {"video": video, "masks": masks, "depth": depth, "fit": fit, "body": body}
    about = {
        "settings": asdict(settings),
        "inputs": {name: Path(path).name for name, path in inputs.items()},
        "digests": {name: file_digest(path) for name, path in inputs.items()},
    }
    seconds, curve = _run(training, out_dir / "checkpoint.safetensors", about, began)
    trained = training.avatar()
    seen = seen_weight(training, trained)
    avatar = training.finished(trained, seen)
    metrics = {
        **evaluate(training, avatar),
        "gaussians": len(avatar),
        "unseen": round(float((seen < 0.05).float().mean()), 4),
        "train_seconds": round(seconds, 1),
        "iterations": training.steps,
        "frames": {"trained": len(training.trained), "held_out": len(training.held_out)},
        "size": list(clip.images.shape[1:3]),
        "loss_curve": curve,
    }
    save_avatar(out_dir / "avatar.safetensors", avatar, about)
    write_turntable(out_dir / "turntable.png", avatar)
    write_json(out_dir / "metrics.json", metrics)
    remove_checkpoint(out_dir / "checkpoint.safetensors")


def begin(
    clip: Clip,
    depth: Path | str,
    fitted: Fit,
    body: BodyModel,
    settings: TrainSettings,
    device: str = "cpu",
) -> Training:
    """A training of the settings' model, at its first step."""
    person = (fitted.pose, fitted.own(body), fitted.betas, fitted.joint_offset)
    if settings.model == "direct":
        return DirectTraining(clip, *person, settings, device)
    behind = settings.exavatar.scene == "gaussians"
    points = scene_points(depth, clip) if behind else None
    return ExAvatarTraining(clip, *person, settings, device, points)


def _run(
    training: Training, checkpoint: Path, about: dict, began: float
) -> tuple[float, list[list[float]]]:
    """Step to the end, from the checkpoint if there is one.

    Returns the seconds of training, over all its processes, and the curve [[step, mean loss], …].
    """
    job = repr(sorted(about["settings"].items())) + repr(sorted(about["digests"].items()))
    stored = load_checkpoint(checkpoint, job)
    spent, curve, losses = 0.0, [], []
    if stored:
        tensors, note = stored
        training.load_state(tensors, note)
        spent, curve, losses = note["seconds"], note["curve"], note["losses"]

    def save() -> None:
        tensors, note = training.state()
        clock = {"seconds": spent + time.monotonic() - began, "curve": curve, "losses": losses}
        save_checkpoint(checkpoint, job, tensors, {**note, **clock})

    due = Interval(training.settings.checkpoint_seconds)
    with interruptible() as interruption:
        bar = progress(range(training.done, training.work), "training", unit="step")
        for _ in bar:
            loss = training.advance()
            if loss is not None:
                losses.append(loss.item())
            if len(losses) == CURVE_STEPS:
                curve.append([training.steps, round(sum(losses) / CURVE_STEPS, 5)])
                losses.clear()
                bar.set_postfix(loss=f"{curve[-1][1]:.4f}", refresh=False)
            if interruption.requested or due.passed() or training.done == training.work:
                save()
            interruption.stop_if_requested()
    return spent + time.monotonic() - began, curve
