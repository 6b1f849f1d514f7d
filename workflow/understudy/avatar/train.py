"""Train an avatar: files in, files out, resumable."""

import sys
import time
from dataclasses import asdict
from pathlib import Path

from understudy.avatar.clip import Clip, load_clip
from understudy.avatar.curve import Curve
from understudy.avatar.direct import DirectTraining
from understudy.avatar.evaluate import evaluate, held_out_distance
from understudy.avatar.exavatar.scene import scene_points
from understudy.avatar.exavatar.training import ExAvatarTraining
from understudy.avatar.fill import seen_weight
from understudy.avatar.perceptual import Lpips
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
from understudy.files import file_digest, write_json, write_text
from understudy.fitting.io import Fit, load_fit
from understudy.progress import progress


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
    """Train one person's avatar.

    Writes avatar.safetensors, metrics.json, curves.csv (loss and the quality of held-out frames
    against steps and seconds) and turntable.png.

    video: the person turning round; masks, depth, fit: its masks.npz, depth.npz and fit .npz; body:
    the SMPL-X-format file that the fit was made with; device: "cpu" or "cuda". While it trains,
    checkpoint.safetensors beside the outputs holds its whole state: a run that is killed goes on
    from there, with the same result. On SIGTERM, SIGUSR1 or SIGINT it is written at once, and the
    process exits with 128 + its number. Training ends early when held-out frames have not gained
    for `settings.patience`.

    UserError where the inputs do not belong together or show too little of a person.
    """
    out_dir, began = Path(out_dir), time.monotonic()
    lpips = Lpips("alex", settings.lpips) if settings.lpips else None
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
        "loss_curve": [[step, loss] for step, _, loss, _ in curve.rows],
    }
    if lpips:
        metrics["held_out"]["lpips"] = round(held_out_distance(training, avatar, lpips), 4)
    save_avatar(out_dir / "avatar.safetensors", avatar, about)
    write_turntable(out_dir / "turntable.png", avatar)
    write_text(out_dir / "curves.csv", curve.csv())
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


def _run(training: Training, checkpoint: Path, about: dict, began: float) -> tuple[float, Curve]:
    """Step to the end, from the checkpoint if there is one.

    Returns the seconds of training, over all its processes, and its curve.
    """
    job = repr(sorted(about["settings"].items())) + repr(sorted(about["digests"].items()))
    stored = load_checkpoint(checkpoint, job)
    spent, curve, settings = 0.0, Curve(), training.settings
    if stored:
        tensors, note = stored
        training.load_state(tensors, note)
        spent, curve = note["seconds"], Curve.from_note(note["curve"])

    def seconds() -> float:
        return spent + time.monotonic() - began

    def save() -> None:
        tensors, note = training.state()
        clock = {"seconds": seconds(), "curve": curve.note()}
        save_checkpoint(checkpoint, job, tensors, {**note, **clock})

    patience = settings.patience * training.planned_steps
    due = Interval(settings.checkpoint_seconds)
    left = training.work - training.done
    with interruptible() as interruption, progress([], "training", left, "step") as bar:
        while training.done < training.work:
            loss = training.advance()
            bar.update()
            if loss is not None and curve.add(loss, training, seconds()):
                _, _, loss, psnr = curve.rows[-1]
                bar.set_postfix(loss=f"{loss:.4f}", held_out=f"{psnr:.2f} dB", refresh=False)
                if curve.steps_without_gain() >= patience:
                    training.end()
            if interruption.requested or due.passed() or training.done == training.work:
                save()
            interruption.stop_if_requested()
    if training.steps < training.planned_steps:
        steps = curve.steps_without_gain()
        print(f"ended at step {training.steps}: {steps} steps without a gain", file=sys.stderr)
    return seconds(), curve
