"""The full state of a training run on disk: a killed job resumes where it stopped."""

import contextlib
import json
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.optim import Optimizer

from understudy.files import atomic_path, remove_temporary

Tensors = dict[str, Tensor]


def save_checkpoint(path: Path, job: str, tensors: Tensors, note: dict) -> None:
    """Write tensors and JSON-able metadata, whole or not at all; `job` names the training run."""
    with atomic_path(path) as temporary:
        whole = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
        save_file(whole, temporary, metadata={"job": job, "note": json.dumps(note)})


def load_checkpoint(path: Path, job: str) -> tuple[Tensors, dict] | None:
    """What `save_checkpoint` wrote for the same job, or None (absent, damaged): start afresh."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, "pt") as stored:
            if stored.metadata()["job"] != job:
                return None
            note = json.loads(stored.metadata()["note"])
            return {name: stored.get_tensor(name) for name in stored.keys()}, note  # noqa: SIM118
    except (SafetensorError, OSError, KeyError, TypeError, ValueError):
        return None


def remove_checkpoint(path: Path) -> None:
    """After success: the checkpoint, and what a process killed while writing one left behind."""
    path.unlink(missing_ok=True)
    remove_temporary(path)


def prefixed(prefix: str, tensors: Tensors) -> Tensors:
    """The tensors with "prefix." put before their names."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def without_prefix(prefix: str, tensors: Tensors) -> Tensors:
    """The tensors that `prefixed` renamed, under their original names."""
    start = f"{prefix}."
    return {k.removeprefix(start): x for k, x in tensors.items() if k.startswith(start)}


def moments(optimiser: Optimizer) -> Tensors:
    """Adam's state for each parameter: "0.exp_avg", …"""
    tensors: Tensors = {}
    for number, values in optimiser.state_dict()["state"].items():
        tensors |= prefixed(str(number), values)
    return tensors


def load_moments(optimiser: Optimizer, tensors: Tensors) -> None:
    """Restore what `moments` returned."""
    state: dict[int, Tensors] = {}
    for name, tensor in tensors.items():
        number, moment = name.split(".")
        state.setdefault(int(number), {})[moment] = tensor
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})


# SIGTERM: a time limit, a preempted node; SIGUSR1: a cluster's early warning; SIGINT: Ctrl-C.
SIGNALS = (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)


@dataclass
class Interruption:
    """Whether the process was asked to stop, and by which signal (0: it was not)."""

    signal: int = 0

    @property
    def requested(self) -> bool:
        return self.signal != 0

    def stop_if_requested(self) -> None:
        """Exit with the code of a process that the signal ended."""
        if self.requested:
            raise SystemExit(128 + self.signal)


@contextlib.contextmanager
def interruptible() -> Iterator[Interruption]:
    """Inside, SIGNALS only set a flag, so that the step can finish and the state be saved.

    Signals can only be caught in the main thread; elsewhere the flag is never set.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return

    def request(number: int, _: object) -> None:
        interruption.signal = number

    before = {number: signal.signal(number, request) for number in SIGNALS}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
