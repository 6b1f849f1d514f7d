"""A working directory's jobs in SLURM's queue, found by name prefix and working directory."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from understudy.errors import UserError

PREFIX = "understudy_"  # the profile's slurm-jobname-prefix, and what the executor appends
DRIVER = "understudy-driver"  # prefix of the name that driver.sh gives Snakemake's own job
OWN_JOB = os.environ.get("SLURM_JOB_ID")  # read before Snakemake's executor removes it
REFUSES = Path(".snakemake/queue_refuses")  # written by profiles/slurm/bin/sbatch
FORMAT = "%i|%T|%j|%k|%Z"  # id, state, name, comment, working directory


class NoAnswerError(UserError):
    """SLURM's commands are installed, but no cluster answers them."""


@dataclass(frozen=True)
class QueuedJob:
    """A job that is pending or running: SLURM's id and state; `what`: rule and wildcards."""

    id: str
    state: str
    what: str


def queued_jobs(folder: Path) -> list[QueuedJob]:
    """Unfinished jobs of `folder`, whoever submitted them, and a driver still running there; none
    without SLURM.

    The job in which this process runs is left out.
    """
    if not shutil.which("squeue"):
        return []
    jobs = []
    for line in slurm("squeue", "--noheader", f"--format={FORMAT}").splitlines():
        parts = line.split("|", 4)
        if len(parts) != 5:  # a line that some clusters' squeue adds, of another kind
            continue
        id_, state, name, comment, workdir = parts
        driver = name.startswith(DRIVER) and state != "PENDING" and id_ != OWN_JOB
        if (driver or name.startswith(PREFIX)) and Path(workdir).resolve() == folder.resolve():
            jobs.append(QueuedJob(id_, state, DRIVER if driver else comment))
    return jobs


def why_refused(folder: Path) -> str | None:
    """SLURM's word for why it takes no more jobs of `folder` for now, and since when; None if it
    does."""
    note = folder / REFUSES
    try:
        since = datetime.fromtimestamp(note.stat().st_mtime)
        return f"{note.read_text(encoding='utf-8').strip()}, since {since:%Y-%m-%d %H:%M}"
    except FileNotFoundError:
        return None


def cancel(jobs: list[QueuedJob]) -> None:
    """Ask SLURM to cancel the jobs; they may take a while to end."""
    if jobs:
        slurm("scancel", *(job.id for job in jobs))


def refuse_while_queued(folder: Path) -> None:
    """UserError while jobs of an earlier Snakemake could write files that this one would make."""
    jobs = queued_jobs(folder)
    if jobs:
        raise UserError(
            f"{len(jobs)} jobs of an earlier run in this folder are still in the queue "
            f"({', '.join(job.id for job in jobs[:5])}{', …' if len(jobs) > 5 else ''}); "
            "`understudy queue wait` waits for them, `… cancel` cancels them"
        )


def slurm(*command: str) -> str:
    """What one of SLURM's commands prints; NoAnswerError if it fails or does not answer."""
    try:
        answer = subprocess.run(command, text=True, capture_output=True, timeout=60)
    except FileNotFoundError as error:
        raise NoAnswerError(f"{command[0]}: no such command here") from error
    except subprocess.TimeoutExpired as error:
        raise NoAnswerError(f"{command[0]} does not answer; try again later") from error
    if answer.returncode != 0:
        raise NoAnswerError(f"{command[0]}: {answer.stderr.strip()}; try again later")
    return answer.stdout
