"""What is missing after a run, and why: the last error line of the log of the job that made it."""

import re
from dataclasses import dataclass
from pathlib import Path

ERROR = re.compile(r"^(error:|\w*(Error|Exception)\b.*:|.*\b[Ee]rror: )")


@dataclass(frozen=True)
class Expected:
    """A file that the workflow should have made: by which rule, logged where, about whom."""

    path: str
    rule: str
    log: str
    subject: str = ""


@dataclass(frozen=True)
class Failure:
    """A job that did not give its file. `why` is None where it never began (no log)."""

    rule: str
    subject: str
    path: str
    log: str
    why: str | None


def find_failures(expected: list[Expected]) -> list[Failure]:
    """The missing of `expected`: first those with a reason, then those that only waited."""
    missing = [
        Failure(item.rule, item.subject, item.path, item.log, last_error(Path(item.log)))
        for item in expected
        if not Path(item.path).exists()
    ]
    return sorted(missing, key=lambda failure: failure.why is None)


def last_error(log: Path) -> str | None:
    """The last line of a log that tells of an error, else its last line; None without a log."""
    if not log.is_file():
        return None
    text = log.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    for line in reversed(lines):
        if ERROR.match(line):
            return line.removeprefix("error: ")
    return lines[-1] if lines else "the job ended without a word (killed, or out of memory?)"
