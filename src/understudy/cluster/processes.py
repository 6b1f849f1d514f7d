"""A working directory's processes on this machine: a Snakemake, and scripts one left behind."""

import contextlib
import os
from pathlib import Path

import psutil

SCRIPTS = ".snakemake/scripts/"  # where Snakemake writes a script before it runs it


def _commands(folder: Path) -> dict[int, list[str]]:
    """process id -> command line of what runs in `folder`, except this process and its parents."""
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid not in own and Path(process.cwd()).resolve() == folder.resolve():
                found[process.pid] = process.cmdline()
    return found


def snakemakes(folder: Path) -> list[int]:
    """Process ids of Snakemakes that drive a run in `folder`; not those inside its jobs."""
    return [
        pid
        for pid, command in _commands(folder).items()
        if any(Path(word).name == "snakemake" for word in command[:3]) and "--mode" not in command
    ]


def scripts(folder: Path) -> list[int]:
    """Process ids of the workflow's scripts that run in `folder`."""
    return [
        pid
        for pid, command in _commands(folder).items()
        if any(SCRIPTS in word for word in command)
    ]
