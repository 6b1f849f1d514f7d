"""Train one recogniser on a list of videos and test it on another (paper, section 5)."""

import contextlib
import csv
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy, log_softmax
from torch.utils.data import DataLoader

from understudy.checkpoint import Interval, interruptible, remove_checkpoint
from understudy.errors import UserError
from understudy.files import atomic_path, file_digest, write_json
from understudy.progress import progress
from understudy.recognition.data import (
    ClipDataset,
    clips_for_testing,
    training_clips,
)
from understudy.recognition.evaluate import predict
from understudy.recognition.flat import flatten_convolutions
from understudy.recognition.lists import read_list
from understudy.recognition.memory import keep_memory
from understudy.recognition.models import Recogniser, parameter_count, precision
from understudy.recognition.network import Network, save_network
from understudy.recognition.pretrained import load_pretrained
from understudy.recognition.recipes import planned_steps
from understudy.recognition.selection import Clip, taken
from understudy.recognition.settings import RecogniserSettings
from understudy.recognition.state import TrainingState

CHECKPOINT = "checkpoint.safetensors"


def train_recogniser(
    train_list: Path,
    test_list: Path,
    labels: list[str],
    out_dir: Path,
    settings: RecogniserSettings,
    seed: int,
    device: str = "cpu",
    about: dict | None = None,
) -> dict:
    """Train, test once at the end; returns what metrics.json holds.

    device: cpu or cuda. `about` identifies the run in tables: dataset, model, point (what it
    sees, as recognition.points.Point); by default the architecture's name and no more.
    Writes metrics.json, predictions.csv, curve.csv and network.safetensors (`network`) to
    `out_dir`, each whole or not at all.
    A checkpoint is saved there at intervals and on a signal; the same call continues from it.
    On one machine with the same number of threads the same arguments give the same bytes of
    predictions; a GPU's pooling gradients may differ in the last digit.

    Raises UserError for an unreadable list or video, weights that do not fit, a missing
    GPU.
    """
    if device == "cpu":
        keep_memory()
    out_dir = Path(out_dir)
    train, test = read_list(train_list, labels), read_list(test_list, labels)
    torch.manual_seed(seed)
    if device == "cuda" and not torch.cuda.is_available():
        raise UserError("config: device is cuda, but no GPU was found; set device: cpu")
    model = Recogniser(settings, len(labels))
    if settings.pretrained:
        load_pretrained(model, Path(settings.pretrained))
    model = model.to(device)
    if device == "cpu":
        flatten_convolutions(model)
    key = _key(train, labels, settings, seed)
    state = TrainingState(key, model, _optimiser(model, settings))
    with deterministic():
        _run(state, train, labels, settings, seed, out_dir / CHECKPOINT)
    clips = clips_for_testing(test, labels, settings)
    predictions = predict(model, clips, labels, settings)
    metrics = {
        "dataset": "real",
        "model": settings.architecture,
        **(about or {}),
        "description": settings.describe(),
        "parameters": parameter_count(model),
        "seed": seed,
        "accuracy": predictions.accuracy,
        "mean_per_class": predictions.mean_per_class,
        "calibration_error": predictions.calibration_error,
        "chance": 1 / len(labels),
        "per_class": predictions.per_class(),
        "per_camera": predictions.per_camera([clip.camera for clip in test]),
        "labels": labels,
        "confusion": predictions.confusion().tolist(),
        **_counts(train, labels),
        "n_test": len(test),
        "steps": state.step,
        "seconds": round(state.seconds, 2),
        "device": torch.cuda.get_device_name() if device == "cuda" else "CPU",
        "torch": torch.__version__,
        "settings": settings.to_dict(),
    }
    predictions.write_csv(out_dir / "predictions.csv")
    _write_curve(out_dir / "curve.csv", state.history)
    save_network(out_dir / "network.safetensors", Network(model, settings, labels))
    write_json(out_dir / "metrics.json", metrics)
    remove_checkpoint(out_dir / CHECKPOINT)
    return metrics


@contextlib.contextmanager
def deterministic() -> Iterator[None]:
    """A context in which torch prefers kernels that give the same result each time."""
    memory: Any = torch.utils.deterministic
    before = torch.are_deterministic_algorithms_enabled(), memory.fill_uninitialized_memory
    # Pooling has no such kernel for its gradient on a GPU: a warning, not an error.
    torch.use_deterministic_algorithms(True, warn_only=True)
    # Every empty tensor would be filled first, a tenth of a step; each is written whole here.
    memory.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0])
        memory.fill_uninitialized_memory = before[1]


def _run(
    state: TrainingState,
    train: list[Clip],
    labels: list[str],
    settings: RecogniserSettings,
    seed: int,
    checkpoint: Path,
) -> None:
    """Take `state` from where it is, or where `checkpoint` left it, to the last step."""
    steps = planned_steps(train, labels, settings, seed)
    state.restore(checkpoint)
    device = next(state.model.parameters()).device
    clips = training_clips(train, labels, settings, seed)
    weights = torch.tensor([clip.weight for clip in train], device=device)
    smoothing = torch.tensor(
        [settings.smoothing * (clip.kind == "synthetic") for clip in train], device=device
    )
    ahead = [step.batch for step in steps[state.step :]]
    loader = training_loader(clips, ahead, settings, device)
    due = Interval(settings.checkpoint_seconds)
    mixed = settings.mixed_precision
    bar = progress(loader, f"training {settings.architecture}", unit="step")
    with interruptible() as interruption:
        started, before = time.monotonic(), state.seconds
        for clip, target, index in bar:
            step = steps[state.step]
            clip, target, index = (x.to(device, non_blocking=True) for x in (clip, target, index))
            counts = weights[index], smoothing[index]
            loss, right = _step(state, step.rate, clip, target, *counts, mixed)
            state.step += 1
            state.seconds = before + time.monotonic() - started
            epoch = step.batch[0][0]
            _add_to_history(state.history, epoch, loss, right, len(target), step.rate)
            bar.set_postfix(loss=f"{loss:.2f}", refresh=False)
            if interruption.requested or due.passed() or state.step == len(steps):
                state.save(checkpoint)
            interruption.stop_if_requested()


def training_loader(
    clips: ClipDataset, steps: list, settings: RecogniserSettings, device: torch.device
) -> DataLoader:
    """Batches (clip (b,3,t,s,s), target (b,), index (b,)) of `steps`, decoded ahead by workers."""
    return DataLoader(
        clips,
        batch_size=None,  # the clips come as batches
        sampler=steps,
        num_workers=settings.workers_on(device.type),
        pin_memory=device.type == "cuda",
        generator=torch.Generator(),  # else it draws from the random state that dropout uses
    )


def _optimiser(model: torch.nn.Module, settings: RecogniserSettings) -> torch.optim.Optimizer:
    parameters, rate, decay = model.parameters(), settings.lr, settings.weight_decay
    if settings.optimiser == "adam":
        return torch.optim.Adam(parameters, rate, weight_decay=decay, fused=True)
    return torch.optim.SGD(parameters, rate, settings.momentum, weight_decay=decay, fused=True)


def _step(
    state: TrainingState,
    rate: float,
    clip: torch.Tensor,
    target: torch.Tensor,
    weight: torch.Tensor,
    smoothing: torch.Tensor,
    mixed: bool,
) -> tuple[float, int]:
    """One step of the optimiser on a batch of clips that count by `weight` (b,), and whose labels
    are smoothed by `smoothing` (b,); its mean loss and how many it got right."""
    for group in state.optimiser.param_groups:
        group["lr"] = rate
    state.model.train()
    with precision(clip.device, mixed):
        scores = state.model(clip).float()
    loss = (weight * losses(scores, target, smoothing)).mean()
    state.optimiser.zero_grad()
    loss.backward()
    state.optimiser.step()
    return loss.item(), int((scores.argmax(1) == target).sum())


def losses(scores: torch.Tensor, target: torch.Tensor, smoothing: torch.Tensor) -> torch.Tensor:
    """(b,) cross entropy of scores (b,c) with classes (b,), of whose label a share (b,) is spread
    over all classes (Szegedy et al., CVPR 2016)."""
    sharp = cross_entropy(scores, target, reduction="none")
    return torch.lerp(sharp, -log_softmax(scores, 1).mean(1), smoothing)


def _add_to_history(
    history: list[dict], epoch: int, loss: float, right: int, count: int, rate: float
) -> None:
    """Sums over the clips of each epoch."""
    if not history or history[-1]["epoch"] != epoch:
        history.append({"epoch": epoch, "clips": 0, "loss": 0.0, "right": 0, "lr": rate})
    row = history[-1]
    row.update(
        clips=row["clips"] + count,
        loss=row["loss"] + loss * count,
        right=row["right"] + right,
        lr=rate,
    )


def _write_curve(target: Path, history: list[dict]) -> None:
    """One line per epoch: mean loss and accuracy on the training clips, learning rate."""
    with atomic_path(target) as path, path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["epoch", "loss", "train_accuracy", "lr"])
        for row in history:
            loss, right = row["loss"] / row["clips"], row["right"] / row["clips"]
            writer.writerow([row["epoch"] + 1, f"{loss:.5f}", f"{right:.4f}", f"{row['lr']:.3g}"])


def _counts(train: list[Clip], labels: list[str]) -> dict:
    """How many videos of each kind: in all, of each class, and of the class that has the most."""
    found = taken(train, labels)
    return {
        "n_train": {kind: sum(of_class.values()) for kind, of_class in found.items()},
        "n_per_class": {kind: max(of_class.values()) for kind, of_class in found.items()},
        "n_of_class": found,
    }


def _key(train: list[Clip], labels: list[str], settings: RecogniserSettings, seed: int) -> str:
    """What a checkpoint must match to be continued: the videos' content, not their names, and the
    settings that change the result."""
    paths = dict.fromkeys(clip.path for clip in train)
    digests = {path: _digest(path) for path in progress(paths, "hashing videos", unit="video")}
    rows = [[digests[clip.path], clip.label, clip.kind, clip.weight] for clip in train]
    weights = file_digest(settings.pretrained) if settings.pretrained else None
    text = json.dumps([rows, labels, settings.decisive(), weights, seed], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(video: str) -> str:
    try:
        return file_digest(video)
    except OSError as error:
        raise UserError(
            f"{video}: cannot be read ({error.strerror}); copy it again, or correct the table"
        ) from error
