"""ExAvatar's schedule: Adam on shuffled batches of frames, three epochs, no temporal term."""

from bisect import bisect_right
from collections.abc import Collection, Iterator
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from understudy.fitting.paper.settings import PaperFitSettings
from understudy.fitting.paper.unknowns import Unknowns
from understudy.progress import progress


class Objective(Protocol):
    """What is minimised; warm_up_moves: the per-frame unknowns that the first steps move."""

    warm_up_moves: tuple[str, ...]

    def warm_up(self, values: Unknowns, batch: Tensor) -> Tensor: ...

    def full(self, values: Unknowns, batch: Tensor, hands_weight: float) -> Tensor: ...


def optimise(
    objective: Objective, unknowns: Unknowns, settings: PaperFitSettings, seed: int
) -> None:
    """Move the unknowns to a minimum, in place. The same seed gives the same result."""
    rng = np.random.default_rng(seed)
    batches = -(-len(unknowns) // settings.batch)

    def steps() -> Iterator[None]:
        for epoch in range(len(settings.steps)):
            shuffled = torch.from_numpy(rng.permutation(len(unknowns)))
            for batch in shuffled.split(settings.batch):
                leaves = unknowns.leaves(batch)
                yield from _epoch(objective, leaves, batch, settings, epoch)
                unknowns.store(batch, leaves)

    total = batches * sum(settings.steps)
    for _ in progress(steps(), "fit, preset paper", total, "step"):
        pass


def _epoch(
    objective: Objective, leaves: Unknowns, batch: Tensor, settings: PaperFitSettings, epoch: int
) -> Iterator[None]:
    """An epoch's steps for one batch: with a warm-up in the first, nothing shared in the last."""
    s, total = settings, settings.steps[epoch]
    warm, stiff = (s.warm_up, s.stiff_hands) if epoch == 0 else (0, 0)
    rates = [rate_at(step, s.rates[epoch], s.drops[epoch]) for step in range(total)]
    adam = _adam(leaves, objective.warm_up_moves)
    for rate in rates[:warm]:
        _step(adam, rate, objective.warm_up(leaves, batch))
        yield
    last = epoch == len(s.steps) - 1
    adam = _adam(leaves, leaves.frames if last else (*leaves.frames, *leaves.shared))
    for step in range(warm, total):
        hands = s.stiff_hand_offset if step < stiff else 1.0
        _step(adam, rates[step], objective.full(leaves, batch, hands))
        yield


def _adam(leaves: Unknowns, moving: Collection[str]) -> torch.optim.Adam:
    """A new optimiser of the unknowns `moving`; the others require no gradient."""
    for name, values in (leaves.frames | leaves.shared).items():
        values.requires_grad_(name in moving)
    return torch.optim.Adam(
        [v for v in (leaves.frames | leaves.shared).values() if v.requires_grad]
    )


def rate_at(step: int, first: float, drops: tuple[int, ...]) -> float:
    """The learning rate: divided by ten at every drop already reached."""
    return first * 0.1 ** bisect_right(drops, step)


def _step(adam: torch.optim.Adam, rate: float, loss: Tensor) -> None:
    for group in adam.param_groups:
        group["lr"] = rate
    adam.zero_grad()
    loss.backward()
    adam.step()
