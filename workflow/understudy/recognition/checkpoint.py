"""A training that is killed continues where it was: its whole state, saved and restored."""

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch

from understudy.files import atomic_path


@dataclass
class TrainingState:
    """What a training is at a step; `key` tells which training (settings, lists, seed)."""

    key: str
    model: torch.nn.Module
    optimiser: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)
    """One row a finished epoch, and one for the running epoch."""

    def save(self, path: Path) -> None:
        state = {
            "key": self.key,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "history": self.history,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }
        with atomic_path(path) as temporary:
            torch.save(state, temporary)

    def restore(self, path: Path) -> bool:
        """Continue from `path`; False (and nothing changed) if it is absent or of other work."""
        if not path.is_file():
            return False
        state = torch.load(path, map_location="cpu", weights_only=True)
        if state["key"] != self.key:
            return False
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds, self.history = state["step"], state["seconds"], state["history"]
        torch.set_rng_state(state["random"])
        if torch.cuda.is_available() and state["random_cuda"]:
            torch.cuda.set_rng_state_all(state["random_cuda"])
        return True


@dataclass
class Interruption:
    """Whether the job was asked to stop (SIGTERM: a time limit, a cancelled job)."""

    requested: bool = False

    def stop_if_requested(self) -> None:
        """Leave with the exit code of a process that SIGTERM ended."""
        if self.requested:
            raise SystemExit(128 + signal.SIGTERM)


@contextlib.contextmanager
def interruptible() -> Iterator[Interruption]:
    """Within, SIGTERM only sets a flag, so that the step can end and the state be saved."""
    interruption = Interruption()

    def request(*_: object) -> None:
        interruption.requested = True

    before = signal.signal(signal.SIGTERM, request)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGTERM, before)


class Interval:
    """True every `seconds` of wall-clock time."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.last = time.monotonic()

    def passed(self) -> bool:
        if time.monotonic() - self.last < self.seconds:
            return False
        self.last = time.monotonic()
        return True
