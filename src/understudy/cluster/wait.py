"""List, await or cancel what an earlier run left in the queue.

Done before Snakemake is started again, so that no two jobs write the same file.
"""

import sys
import time
from pathlib import Path

from understudy.cluster.processes import scripts, snakemakes
from understudy.cluster.queue import cancel, queued_jobs
from understudy.errors import UserError

SECONDS = 5  # between polls of the queue


def show_queue(folder: Path) -> None:
    """Print the jobs of a working directory: id, state, what."""
    for job in queued_jobs(folder):
        print(job.id, job.state, job.what, sep="\t")


def cancel_queue(folder: Path) -> None:
    """Cancel them and wait until they have ended."""
    refuse_while_led(folder)
    cancel(queued_jobs(folder))
    wait_for_queue(folder)


def refuse_while_led(folder: Path) -> None:
    """UserError while a Snakemake drives a run in the folder: it would submit the jobs again."""
    running = snakemakes(folder)
    if running:
        raise UserError(
            f"Snakemake runs in {folder} (process {running[0]}); interrupt it, and it "
            "cancels its jobs"
        )


def wait_for_queue(folder: Path) -> None:
    """Wait until the folder has no jobs in the queue or processes here; print what is left."""
    told = None
    while any(left := _left(folder)):
        if left != told:
            print(
                "waiting for {} jobs, {} Snakemake processes, {} scripts".format(*left),
                file=sys.stderr,
            )
        told = left
        time.sleep(SECONDS)


def _left(folder: Path) -> tuple[int, int, int]:
    """Numbers of jobs in the queue, and of Snakemakes and scripts on this machine."""
    return len(queued_jobs(folder)), len(snakemakes(folder)), len(scripts(folder))
