"""Test a recogniser: its predictions on a list of videos, and what they amount to."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader

from understudy.files import atomic_path
from understudy.progress import progress
from understudy.recognition.data import ClipDataset


@dataclass(frozen=True)
class Predictions:
    """Of m test videos and c classes: probabilities (m,c), true class (m,) int64, paths (m,)."""

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

    def confusion(self) -> np.ndarray:
        """(c,c) counts: rows the true class, columns the predicted one."""
        table = np.zeros((len(self.labels),) * 2, np.int64)
        np.add.at(table, (self.targets, self.predicted), 1)
        return table

    def write_csv(self, target: Path) -> None:
        """One line a video: path, true label, predicted label, probability of the latter."""
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
    model: torch.nn.Module, clips: ClipDataset, labels: list[str], batch: int, workers: int
) -> Predictions:
    """Run `model` in evaluation mode over every clip."""
    device = next(model.parameters()).device
    keys = [(0, index) for index in range(len(clips))]
    loader = DataLoader(clips, batch_size=batch, sampler=keys, num_workers=workers)
    model.eval()
    scores = [model(clip.to(device)).softmax(1).cpu() for clip, *_ in progress(loader, "testing")]
    return Predictions(
        torch.cat(scores).numpy(),
        np.array(clips.targets),
        [clip.path for clip in clips.clips],
        labels,
    )
