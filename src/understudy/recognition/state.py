"""A recogniser in training: everything that a killed training needs to continue, as one object."""

from dataclasses import dataclass, field
from pathlib import Path

import torch

from understudy.checkpoint import (
    load_checkpoint,
    load_moments,
    moments,
    prefixed,
    save_checkpoint,
    without_prefix,
)


@dataclass
class TrainingState:
    """The state of a training at a step; `key` identifies the training (settings, lists, seed)."""

    key: str
    model: torch.nn.Module
    optimiser: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)
    """One row a finished epoch, and one for the running epoch."""

    def save(self, path: Path) -> None:
        tensors = prefixed("model", self.model.state_dict())
        tensors |= prefixed("adam", moments(self.optimiser))
        tensors["random"] = torch.get_rng_state()
        if torch.cuda.is_available():
            tensors["random_cuda"] = torch.cuda.get_rng_state()
        note = {"step": self.step, "seconds": self.seconds, "history": self.history}
        save_checkpoint(path, self.key, tensors, note)

    def restore(self, path: Path) -> None:
        """Continue from `path`; nothing changes if it is absent, damaged or of another training."""
        stored = load_checkpoint(path, self.key)
        if stored is None:
            return
        tensors, note = stored
        self.model.load_state_dict(without_prefix("model", tensors))
        load_moments(self.optimiser, without_prefix("adam", tensors))
        self.step, self.seconds, self.history = note["step"], note["seconds"], note["history"]
        torch.set_rng_state(tensors["random"])
        if torch.cuda.is_available() and "random_cuda" in tensors:
            torch.cuda.set_rng_state(tensors["random_cuda"])
