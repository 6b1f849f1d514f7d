"""How many tries of a job ran out of memory, by what SLURM and the job itself left in their logs.

The requests of a profile are written with Snakemake's `attempt`, which counts every failure. Memory
helps against one kind of failure alone, so the Snakefile has it counted here.
"""

import re
from pathlib import Path

# In a try's log: SLURM's own words (the kernel's limit on a job, or SLURM's sampling of it), then
# what a program says that was given no memory. A GPU's memory is another matter.
NO_MEMORY = re.compile(
    r"slurmstepd.*: error: .*(?:oom[_-]kill|exceeded.* memory limit|Out Of Memory)"
    r"|srun: error: .*Out Of Memory"
    r"|^(?:numpy\S*)?MemoryError\b"
    r"|Cannot allocate memory|can't allocate memory|std::bad_alloc",
    re.MULTILINE,
)
# Without a word from SLURM, what kills a script is the kernel when the node's memory is used up.
KILLED = re.compile(r"died with <Signals\.SIGKILL|exit status 137|exit code 137|\bKilled\b")
ENDED_BY_SLURM = re.compile(r"slurmstepd.*: error: \*\*\* .*(?:CANCELLED|FAILED)")


def tries_without_memory(logs: Path, rule: str, wildcards: list[str], since: float) -> int:
    """Tries of a job since a time (seconds since the epoch) that ran out of memory.

    logs: the profile's slurm-logdir, in which each try of a job leaves a file unless it succeeds.
    wildcards: their values. A submission that was refused leaves none; a preempted, cancelled or
    lost job, and one over its time limit, says so.
    """
    folder = logs / f"rule_{rule}" / "_".join(wildcards).replace("/", "_")
    tries = [log for log in folder.glob("*.log") if log.stat().st_mtime >= since]
    return sum(_ran_out(log.read_text(encoding="utf-8", errors="replace")) for log in tries)


def _ran_out(log: str) -> bool:
    if NO_MEMORY.search(log):
        return True
    return KILLED.search(log) is not None and ENDED_BY_SLURM.search(log) is None
