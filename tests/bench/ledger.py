"""What a command took over several calls, written down while it runs: however a call ends, all but
its last EVERY seconds are counted.
"""

import contextlib
import csv
import resource
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import psutil

from understudy.files import write_text

EVERY = 30.0  # s between two notes of a running call


@dataclass(frozen=True)
class Call:
    """When a call began (ISO 8601), how long it took, s, and the CPU time of all its processes, s,
    those that ended included."""

    began: str
    seconds: float
    cpu_seconds: float


def read_ledger(ledger: Path) -> list[Call]:
    """All calls, the first one first; none if there is no ledger yet."""
    if not ledger.is_file():
        return []
    with ledger.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        return [
            Call(row["began"], float(row["seconds"]), float(row["cpu_seconds"])) for row in rows
        ]


def run_noted(command: Sequence[str], folder: Path, ledger: Path, every: float = EVERY) -> int:
    """Run a command in `folder`, add its call to `ledger`; its exit code.

    Ctrl-C, which reaches the command as well, is passed on once the command has ended.
    """
    earlier, began = read_ledger(ledger), datetime.now(UTC).isoformat(timespec="seconds")
    started, cpu_before = time.monotonic(), _cpu_of_ended()
    ledger.parent.mkdir(parents=True, exist_ok=True)

    def note(cpu_seconds: float) -> None:
        call = Call(began, round(time.monotonic() - started, 1), round(cpu_seconds, 1))
        rows = [[field.name for field in fields(Call)], *map(astuple, [*earlier, call])]
        write_text(ledger, "".join("\t".join(map(str, row)) + "\n" for row in rows))

    interrupted = False
    process = psutil.Popen(command, cwd=folder)
    while process.poll() is None:
        try:
            process.wait(every)
        except psutil.TimeoutExpired:
            note(_cpu_of_tree(process))
        except KeyboardInterrupt:
            interrupted = True
    note(_cpu_of_ended() - cpu_before)
    if interrupted:
        raise KeyboardInterrupt
    return process.returncode


def _cpu_of_ended() -> float:
    """CPU seconds of this process's children that ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cpu_of_tree(process: psutil.Process) -> float:
    """CPU seconds of a process and all below it, so far; each tells of its children that ended."""
    total = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += sum(one.cpu_times()[:4])  # its own user and system, its children's
    return total
