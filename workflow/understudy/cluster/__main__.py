"""`python -m understudy.cluster list|wait|cancel`: what an earlier run left in the queue.

Run it in the working directory before starting Snakemake again, so that no two jobs write the same
file.
"""

import argparse
import sys
import time
from pathlib import Path

from understudy.cluster.processes import scripts, snakemakes
from understudy.cluster.queue import cancel, queued_jobs
from understudy.errors import UserError

SECONDS = 5  # between two looks at the queue


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="understudy.cluster", description=__doc__)
    parser.add_argument(
        "action",
        choices=["list", "wait", "cancel"],
        help="list the jobs; wait until they have ended; or cancel them and wait",
    )
    action, folder = parser.parse_args(arguments).action, Path.cwd()
    if action == "list":
        for job in queued_jobs(folder):
            print(job.id, job.state, job.what, sep="\t")
        return
    if action == "cancel":
        refuse_while_led(folder)
        cancel(queued_jobs(folder))
    wait(folder)


def refuse_while_led(folder: Path) -> None:
    """UserError while a Snakemake leads a run in the folder: it would submit the jobs again."""
    running = snakemakes(folder)
    if running:
        raise UserError(
            f"Snakemake runs in {folder} (process {running[0]}); interrupt it, and it "
            "cancels its jobs"
        )


def wait(folder: Path) -> None:
    """Return when nothing of the folder is left in the queue or here; say what there is."""
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
    """How many jobs in the queue; Snakemakes and scripts on this machine."""
    return len(queued_jobs(folder)), len(snakemakes(folder)), len(scripts(folder))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(f"error: {error}")
