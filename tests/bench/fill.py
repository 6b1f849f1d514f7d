"""`python -m tests.bench.fill SNAKEMAKE-ARGUMENTS`: finish a run without running its jobs.

It replaces Snakemake's scheduler: each output, log and benchmark is created empty, in the order in
which jobs depend on each other, and Snakemake's own record of it is written. So a complete run can
be measured at a size at which the jobs could not really be run.
"""

import sys
import time
from collections import defaultdict
from pathlib import Path

from snakemake.cli import main
from snakemake.scheduling import job_scheduler

TICK = 0.05  # seconds; longer than a file system's clock resolution


def finish_all(scheduler: job_scheduler.JobScheduler) -> bool:
    """Touch and record the outputs of every job that is due; those before come first."""
    workflow = scheduler.workflow
    dag = workflow.dag
    levels = defaultdict(list)
    for job, level in _levels(dag).items():
        levels[level].append(job)

    async def record(jobs: list) -> None:
        for job in jobs:
            await workflow.persistence.finished(job)

    for level in sorted(levels):
        for job in levels[level]:
            workflow.persistence.started(job)
            left = [*job.output, *job.log, *([job.benchmark] if job.benchmark else [])]
            for output in left:
                path = Path(str(output))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        workflow.async_run(record(levels[level]))
        time.sleep(TICK)
    for job in dag.needrun_jobs():
        for output in job.output:
            if output.is_temp:
                Path(str(output)).unlink()
    return True


def _levels(dag) -> dict:
    """job -> the number of jobs due before it in its longest chain."""
    levels: dict = {}
    waiting = list(dag.needrun_jobs())
    while waiting:
        job = waiting[-1]
        before = [other for other in dag.dependencies[job] if dag.needrun(other)]
        missing = [other for other in before if other not in levels]
        if missing:
            waiting.extend(missing)
            continue
        levels[job] = 1 + max((levels[other] for other in before), default=0)
        waiting.pop()
    return levels


if __name__ == "__main__":
    job_scheduler.JobScheduler.schedule = finish_all
    main(sys.argv[1:])
