"""How training progresses: loss and quality over steps and seconds, and whether it still gains."""

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from understudy.avatar.training.training import Training
from understudy.image_metrics.similarity import psnr

STEPS = 50  # that one row averages
FRAMES = 2  # held-out frames that a row's PSNR is averaged over
GAIN = 0.02  # dB: less counts as none


class Row(NamedTuple):
    """Seconds of training, mean loss of the steps since the previous row, and PSNR (dB) of a few
    held-out frames."""

    step: int
    seconds: float
    loss: float
    held_out_psnr: float


@dataclass
class Curve:
    """rows; losses: of the steps since the last row, left on the device so that no step waits for
    them."""

    rows: list[Row] = field(default_factory=list)
    losses: list[Tensor] = field(default_factory=list)

    def add(self, loss: Tensor, training: Training, seconds: float) -> bool:
        """Count one step; True if it made a row."""
        self.losses.append(loss)
        if len(self.losses) < STEPS and training.steps < training.planned_steps:
            return False
        mean = float(torch.stack([one.to(loss.device) for one in self.losses]).mean())
        told = round(seconds, 1), round(mean, 5), _quality(training)
        self.rows.append(Row(training.steps, *told))
        self.losses.clear()
        return True

    def steps_without_gain(self) -> int:
        """Steps since the held-out frames last improved."""
        best, at, step = float("-inf"), 0, 0
        for step, _, _, quality in self.rows:
            if quality > best + GAIN:
                best, at = quality, step
        return step - at

    def note(self) -> dict:
        """The whole curve, JSON-able."""
        return {"rows": self.rows, "losses": [float(loss) for loss in self.losses]}

    @staticmethod
    def from_note(note: dict) -> "Curve":
        """The curve that `note` returned."""
        rows = [Row(*row) for row in note["rows"]]
        return Curve(rows, [torch.tensor(loss) for loss in note["losses"]])

    def csv(self) -> str:
        lines = [Row._fields, *self.rows]
        return "".join(",".join(map(str, line)) + "\n" for line in lines)


def _quality(training: Training) -> float:
    """Mean PSNR (dB) of a few held-out frames, posed like their neighbours."""
    every = max(1, len(training.held_out) // FRAMES)
    frames, avatar = training.held_out[::every][:FRAMES], training.avatar()
    corrections = training.poses.corrections
    pictures = [training.on_white(avatar, t, corrections[t]) for t in frames]
    scores = [psnr(drawn.clamp(0, 1), truth) for drawn, _, truth, _ in pictures]
    return round(sum(scores) / len(scores), 3)
