"""In which order a recogniser sees real and synthetic videos, and at which learning rate.

mix       both together, throughout (the paper)
rehearse  both together, then the real ones alone at a tenth of the rate for the last third of the
          steps, so that what is learnt last are real videos (the second stage of Gen2Balance, ECCV
          2026)
pretrain  the synthetic ones for half of the steps, then the real ones

All take the same number of steps. Without videos of one kind the others are seen throughout, at the
same rates.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from understudy.recognition.data import Key, batches
from understudy.recognition.selection import KINDS, Clip
from understudy.recognition.settings import RecogniserSettings


@dataclass(frozen=True)
class Phase:
    """share: of all steps; kinds: of the videos that are seen; rate: over the setting `lr`."""

    share: float
    kinds: tuple[str, ...] = KINDS
    rate: float = 1.0


PHASES = {
    "mix": (Phase(1.0),),
    "rehearse": (Phase(2 / 3), Phase(1 / 3, ("real",), 0.1)),
    "pretrain": (Phase(1 / 2, ("synthetic",)), Phase(1 / 2, ("real",))),
}


@dataclass(frozen=True)
class Step:
    """batch: (epoch, index of a clip) of each of its clips; rate: the learning rate."""

    batch: list[Key]
    rate: float


def planned_steps(
    clips: Sequence[Clip], labels: list[str], settings: RecogniserSettings, seed: int
) -> list[Step]:
    """All steps of a training; epochs count on from phase to phase."""
    total = settings.steps or settings.epochs * math.ceil(len(clips) / settings.batch)
    steps: list[Step] = []
    epoch, share = 0, 0.0
    for phase in PHASES[settings.recipe]:
        share += phase.share
        wanted = round(share * total) - len(steps)
        if not wanted:
            continue
        own = [k for k, clip in enumerate(clips) if clip.kind in phase.kinds]
        own = own or list(range(len(clips)))
        targets = [labels.index(clips[k].label) for k in own]
        for number, batch in enumerate(batches(targets, replace(settings, steps=wanted), seed)):
            keys = [(epoch + when, own[k]) for when, k in batch]
            steps.append(Step(keys, phase.rate * learning_rate(settings, number / wanted)))
        epoch = 1 + steps[-1].batch[0][0]
    return steps


def learning_rate(settings: RecogniserSettings, done: float) -> float:
    """From `lr` to `lr`·`final_lr` along half a cosine; `done` in [0, 1)."""
    share = settings.final_lr + (1 - settings.final_lr) * 0.5 * (1 + math.cos(math.pi * done))
    return settings.lr * share
