"""Train an avatar: files in, files out, resumable."""

import sys
import time
from pathlib import Path

import numpy as np

from understudy.artifacts.avatar import save_avatar
from understudy.artifacts.fit import load_fit
from understudy.artifacts.trained import Trained, save_trained
from understudy.avatar.training.curve import Curve
from understudy.avatar.training.fill import seen_weight
from understudy.avatar.training.footage import load_footage
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.avatar.training.training import Training
from understudy.body.flame import load_flame
from understudy.body.load import load_body
from understudy.checkpoint import (
    Interval,
    interruptible,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
)
from understudy.errors import UserError
from understudy.files import file_digest, write_text
from understudy.progress import progress
from understudy.registry import chosen

UNSEEN = 0.05  # of a Gaussian's evidence: below it, the video does not show it


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

    Writes avatar.safetensors; trained.npz, what the training yields besides (`Trained`); and
    curves.csv, loss and the quality of held-out frames over steps and seconds.

    video: the person turning around; masks, depth, fit: its masks.npz, depth.npz and fit .npz;
    body: the SMPL-X-format file that the fit was made with; device: "cpu" or "cuda". During
    training, checkpoint.safetensors next to the outputs holds its whole state: a killed run
    continues from there, with the same result. On SIGTERM, SIGUSR1 or SIGINT it is written at
    once, and the process exits with 128 + its number. Training ends early when held-out frames
    have not improved for `settings.patience`.

    UserError if the inputs do not belong together or show too little of a person.
    """
    out_dir, began = Path(out_dir), time.monotonic()
    model = load_body(body)
    fitted = load_fit(fit, model.model_id)
    clip = load_footage(video, masks, fitted.K, fitted.size, settings.size)
    if len(fitted.pose) != len(clip):
        raise UserError(
            f"{fit}: {len(fitted.pose)} frames, but {video} has {len(clip)}; delete it and rerun"
        )
    subject = Subject(clip, depth, fitted, model, load_flame(body, model))
    training = begin(subject, settings, device)
    inputs = {"video": video, "masks": masks, "depth": depth, "fit": fit, "body": body}
    about = {
        "settings": settings.key(),
        "inputs": {name: Path(path).name for name, path in inputs.items()},
        "digests": {name: file_digest(path) for name, path in inputs.items()},
    }
    seconds, curve = _run(training, out_dir / "checkpoint.safetensors", about, began)
    trained = training.avatar()
    seen = seen_weight(training, trained)
    avatar = training.finished(trained, seen)
    save_avatar(out_dir / "avatar.safetensors", avatar, about)
    kept = Trained(
        corrections=training.poses.corrections.cpu().numpy(),
        turns=training.poses.turns.cpu().numpy(),
        smiles=training.poses.smiles.cpu().numpy(),
        backdrop=training.backdrop().numpy(),
        trained=np.array(training.trained),
        steps=training.steps,
        seconds=round(seconds, 1),
        unseen=round(float((seen < UNSEEN).float().mean()), 4),
        losses=[[step, loss] for step, _, loss, _ in curve.rows],
    )
    save_trained(out_dir / "trained.npz", kept)
    write_text(out_dir / "curves.csv", curve.csv())
    remove_checkpoint(out_dir / "checkpoint.safetensors")


def begin(subject: Subject, settings: TrainSettings, device: str = "cpu") -> Training:
    """A training run of the settings' model, at its first step."""
    model: type[Training] = chosen("avatar", settings.model)
    return model(subject, settings, device)


def _run(training: Training, checkpoint: Path, about: dict, began: float) -> tuple[float, Curve]:
    """Step to the end, from the checkpoint if there is one.

    Returns the seconds of training, over all its processes, and the curve.
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
                row = curve.rows[-1]
                held_out = f"{row.held_out_psnr:.2f} dB"
                bar.set_postfix(loss=f"{row.loss:.4f}", held_out=held_out, refresh=False)
                if training.settled and curve.steps_without_gain() >= patience:
                    training.end()
            if interruption.requested or due.passed() or training.done == training.work:
                save()
            interruption.stop_if_requested()
    if training.steps < training.planned_steps:
        steps = curve.steps_without_gain()
        print(
            f"stopped at step {training.steps}: no improvement for {steps} steps", file=sys.stderr
        )
    return seconds(), curve
