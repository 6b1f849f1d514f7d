"""The terminal for one writer: what jobs print goes to a file."""

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TextIO

FOLDER = Path(".snakemake/log")
MOST_BYTES = 10_000_000  # bars of jobs that run for days


class Aside:
    """While open, processes that are started write to `path`; this one writes where it did.

    Jobs inherit the descriptors 1 and 2, and all of them print progress bars. Their own logs have
    what matters; here is what was said outside of these.
    """

    def __init__(self) -> None:
        self.path = FOLDER.resolve() / f"{time.strftime('%Y-%m-%dT%H%M%S')}.{os.getpid()}.jobs.log"
        self._before: dict[str, TextIO] = {}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError:  # no room, no right to write
            self._file = os.open(os.devnull, os.O_WRONLY)
        for name, number in (("stdout", 1), ("stderr", 2)):
            self._take(name, number)

    @property
    def terminal(self) -> TextIO:
        """Where stderr goes."""
        return sys.stderr

    def trim(self) -> None:
        """Begin the file anew where it has grown too large."""
        with contextlib.suppress(OSError):
            if os.fstat(self._file).st_size > MOST_BYTES:
                os.ftruncate(self._file, 0)

    def close(self) -> None:
        """As it was before; an empty file is removed."""
        for name, stream in self._before.items():
            ours = getattr(sys, name)
            with contextlib.suppress(OSError):
                ours.flush()
            os.dup2(ours.fileno(), stream.fileno())
            setattr(sys, name, stream)
        self._before.clear()
        empty = os.fstat(self._file).st_size == 0
        os.close(self._file)
        if empty:
            self.path.unlink(missing_ok=True)

    def _take(self, name: str, number: int) -> None:
        stream = getattr(sys, name)
        try:
            if stream.fileno() != number:
                return
        except (OSError, ValueError):  # a stream of a test, or none
            return
        stream.flush()
        kept = os.fdopen(
            os.dup(number), "w", buffering=1, encoding=stream.encoding, errors=stream.errors
        )
        os.dup2(self._file, number)
        self._before[name] = stream
        setattr(sys, name, kept)
