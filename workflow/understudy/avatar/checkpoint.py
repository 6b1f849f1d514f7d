"""The full state of a training, on disk: a job that is killed goes on where it was."""

import contextlib
import json
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from understudy.files import atomic_path


def save_checkpoint(path: Path, tensors: dict[str, Tensor], note: dict) -> None:
    """Write tensors and a JSON-able note, whole or not at all."""
    with atomic_path(path) as temporary:
        whole = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
        save_file(whole, temporary, metadata={"note": json.dumps(note)})


def load_checkpoint(path: Path, job: str) -> tuple[dict[str, Tensor], dict] | None:
    """What `save_checkpoint` wrote for the same job (note["job"]), or None to begin afresh."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, "pt") as stored:
            note = json.loads(stored.metadata()["note"])
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, KeyError, TypeError, ValueError):
        return None
    return (tensors, note) if note.get("job") == job else None


@dataclass
class Stop:
    """Set when somebody asked the process to end."""

    asked: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def heed_sigterm() -> Iterator[Stop]:
    """While inside, SIGTERM (a cluster's time limit, a preempted node) only sets `Stop.asked`.

    Signals can be caught in the main thread alone; elsewhere `asked` is never set.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGTERM, lambda *_: stop.asked.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
