"""A job's output: to the terminal as it comes, to its log line by line."""

import contextlib
import os
from pathlib import Path
from typing import TextIO


class Tee:
    """Writes to the terminal and, without the rewritten states of progress bars, to a log.

    An unwritable log (a full disk) does not end the job: the terminal still gets the output.
    """

    def __init__(self, terminal: TextIO, log: TextIO):
        self.terminal, self.log, self.line = terminal, log, ""

    def write(self, text: str) -> int:
        self.terminal.write(text)
        for character in text:
            if character == "\n":
                with contextlib.suppress(OSError):
                    self.log.write(self.line + "\n")
                self.line = ""
            elif character == "\r":
                self.line = ""
            else:
                self.line += character
        return len(text)

    def flush(self) -> None:
        self.terminal.flush()

    def isatty(self) -> bool:
        return self.terminal.isatty()

    def fileno(self) -> int:
        return self.terminal.fileno()


def open_log(path: Path) -> TextIO:
    """A log to write line by line; if there is no room for one, the null device."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8", buffering=1)
    except OSError:
        return Path(os.devnull).open("w", encoding="utf-8")
