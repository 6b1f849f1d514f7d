"""What is missing after a run, and why: the last error line of the log of the job that made it."""

import re
from dataclasses import dataclass
from pathlib import Path

from understudy.packed import changed_ns, read_text
from understudy.plan.job import Expected

ERROR = re.compile(r"^(error:|\w*(Error|Exception)\b.*:|.*\b[Ee]rror: )")
# What SLURM itself says: a time limit, a cancelled job, a lost node, no memory left.
SLURM_ERROR = re.compile(r"slurmstepd(?:-\S+)?: error: (?:\*\*\* )?(.*?)(?: \*\*\*)?$")
GONE = "made, but now gone; the next run makes it again"
NOT_A_WORD = "the job ended without a message (killed, or out of memory?)"
SLURM_LOGS = Path("results/logs/slurm")  # slurm-logdir of profiles/slurm


@dataclass(frozen=True)
class Failure:
    """A job whose file is missing. path: the file; why: None if the job never started (no log);
    gone: it made the file, which has since been lost; first: the job's first file."""

    rule: str
    subject: str
    path: str
    log: str
    why: str | None
    gone: bool = False
    first: str = ""


def find_failures(expected: list[Expected], slurm_logs: Path = SLURM_LOGS) -> list[Failure]:
    """The missing files of `expected`: first those with a reason, then those still waiting."""
    missing = [
        _missing(item, path, slurm_logs)
        for item in expected
        for path in [path for path in (item.path, *item.also) if not Path(path).exists()][:1]
    ]
    return sorted(missing, key=lambda failure: failure.why is None)


def _missing(item: Expected, path: str, slurm_logs: Path) -> Failure:
    if _ended_well(item):
        return Failure(item.rule, item.subject, path, item.log, GONE, True, item.path)
    return Failure(item.rule, item.subject, path, *_told(item, slurm_logs), first=item.path)


def _ended_well(item: Expected) -> bool:
    """Whether the job's last try made the file: Snakemake then wrote a benchmark after the log."""
    ended, said = changed_ns(item.benchmark), changed_ns(item.log)
    if ended is None or said is None:
        return ended is not None
    return ended >= said and not _last(_lines(item.log), ERROR)


def _told(item: Expected, slurm_logs: Path) -> tuple[str, str | None]:
    """The log that says why a file is missing, and what it says.

    What SLURM says of the last try comes first (a job that has no memory left may itself say
    something else), then the script's own error, then SLURM's word on an earlier try, then the
    script's last line.
    """
    own = _lines(item.log)
    error = _last(own, ERROR)
    name = "_".join(item.wildcards).replace("/", "_")
    logs = (slurm_logs / f"rule_{item.rule}" / name).glob("*.log")
    newest = max(logs, key=lambda log: log.stat().st_mtime, default=None)
    ended = _last(_lines(newest), SLURM_ERROR) if newest else None
    if newest and ended and (error is None or _is_newer(newest, Path(item.log))):
        return str(newest), SLURM_ERROR.findall(ended)[0]
    if error is not None:
        return item.log, error.removeprefix("error: ")
    return item.log, None if own is None else (own or [NOT_A_WORD])[-1]


def _is_newer(log: Path, other: Path) -> bool:
    return log.stat().st_mtime >= other.stat().st_mtime


def _lines(log: Path | str) -> list[str] | None:
    """The lines of a log that are not blank; None without a log."""
    text = read_text(log)
    if text is None:
        return None
    lines = re.split(r"[\r\n]+|(?<=\])(?=error: )", text)  # an error may follow a progress bar
    return [line.strip() for line in lines if line.strip()]


def _last(lines: list[str] | None, pattern: re.Pattern) -> str | None:
    return next((line for line in reversed(lines or []) if pattern.match(line)), None)
