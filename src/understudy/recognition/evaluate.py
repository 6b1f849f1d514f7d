"""Test a recogniser: its predictions on a list of videos, and its accuracy."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader

from understudy.files import atomic_path
from understudy.progress import progress
from understudy.recognition.data import ClipDataset, views_for_testing
from understudy.recognition.models import precision
from understudy.recognition.settings import RecogniserSettings

BINS = 15  # of confidence (Guo et al.)


@dataclass(frozen=True)
class Predictions:
    """For m test videos and c classes: probabilities (m,c), true class (m,) int64, paths (m,)."""

    probabilities: np.ndarray
    targets: np.ndarray
    paths: list[str]
    labels: list[str]

    @property
    def predicted(self) -> np.ndarray:
        return self.probabilities.argmax(1)

    @property
    def accuracy(self) -> float:
        return float((self.predicted == self.targets).mean())

    def per_class(self) -> dict[str, float | None]:
        """Accuracy of each class; None for a class without a test video."""
        confusion = self.confusion()
        return {
            label: float(row[i] / row.sum()) if row.sum() else None
            for i, (label, row) in enumerate(zip(self.labels, confusion, strict=True))
        }

    @property
    def mean_per_class(self) -> float:
        """Mean of the accuracies of the classes that have test videos: each counts alike."""
        return float(np.mean([share for share in self.per_class().values() if share is not None]))

    def per_camera(self, cameras: list[str]) -> dict[str, float]:
        """Accuracy of the videos of each camera; `cameras` (m) names them, "" where unknown."""
        right, names = self.predicted == self.targets, np.array(cameras)
        return {name: float(right[names == name].mean()) for name in sorted(set(cameras)) if name}

    def confusion(self) -> np.ndarray:
        """(c,c) counts: rows the true class, columns the predicted one."""
        table = np.zeros((len(self.labels),) * 2, np.int64)
        np.add.at(table, (self.targets, self.predicted), 1)
        return table

    @property
    def calibration_error(self) -> float:
        """How far confidence is from accuracy: the expected calibration error of the predicted
        classes, in BINS bins of equal width (Guo et al., On Calibration of Modern Neural Networks,
        ICML 2017), in [0,1]."""
        confidence = self.probabilities.max(1)
        excess = confidence - (self.predicted == self.targets)
        place = np.ceil(confidence * BINS).astype(int)  # (k-1, k] / BINS belongs to bin k
        return float(np.abs(np.bincount(place, excess)).sum() / len(confidence))

    def write_csv(self, target: Path) -> None:
        """One line per video: path, true label, predicted label, probability of the latter."""
        with (
            atomic_path(target) as path,
            path.open("w", encoding="utf-8", newline="") as stream,
        ):
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["path", "label", "predicted", "probability"])
            for video, true, guess, row in zip(
                self.paths, self.targets, self.predicted, self.probabilities, strict=True
            ):
                names = self.labels[true], self.labels[guess]
                writer.writerow([video, *names, f"{row[guess]:.4f}"])


@torch.no_grad()
def predict(
    model: torch.nn.Module, clips: ClipDataset, labels: list[str], settings: RecogniserSettings
) -> Predictions:
    """Run `model` in evaluation mode over every view of every clip; the views' mean counts."""
    device = next(model.parameters()).device
    views = len(views_for_testing(settings))
    keys = [(view, index) for index in range(len(clips)) for view in range(views)]
    batches = [keys[i : i + settings.batch] for i in range(0, len(keys), settings.batch)]
    workers = settings.workers_on(device.type)
    loader = DataLoader(clips, batch_size=None, sampler=batches, num_workers=workers)
    model.eval()
    scores = []
    for clip, *_ in progress(loader, "testing", unit="batch"):
        with precision(device, settings.mixed_precision):
            scores.append(model(clip.to(device)).float().softmax(1).cpu())
    return Predictions(
        torch.cat(scores).unflatten(0, (-1, views)).mean(1).numpy(),
        np.array(clips.targets),
        [clip.path for clip in clips.clips],
        labels,
    )
