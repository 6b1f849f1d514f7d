"""How much of a plan is done, running, queued, failed or waiting, per rule."""

from collections import Counter
from dataclasses import dataclass

from understudy.cluster.queue import QueuedJob
from understudy.plan.job import Expected
from understudy.report.failures import Failure, find_failures


@dataclass(frozen=True)
class RuleStatus:
    """How many files of a rule are planned, and how many of them are in each state."""

    rule: str
    planned: int
    there: int
    running: int
    queued: int
    failed: int
    waiting: int
    gone: int = 0


def read_status(
    expected: list[Expected], queue: list[QueuedJob]
) -> tuple[list[RuleStatus], list[Failure]]:
    """The state of each rule, and what is missing and neither running nor queued."""
    active = {job.what: "running" if job.state == "RUNNING" else "queued" for job in queue}
    states = {item.path: active.get(comment_of(item)) for item in expected}
    idle = [item for item in expected if states[item.path] is None]
    failures = find_failures(idle)
    missing = {failure.first: failure for failure in failures}
    counts: dict[str, Counter] = {}
    for item in expected:
        state = states[item.path] or _state(missing.get(item.path))
        counts.setdefault(item.rule, Counter())[state] += 1
    kinds = ("there", "running", "queued", "failed", "waiting", "gone")
    return [
        RuleStatus(rule, count.total(), **{kind: count[kind] for kind in kinds})
        for rule, count in counts.items()
    ], failures


def _state(failure: Failure | None) -> str:
    if failure is None:
        return "there"
    if failure.gone:
        return "gone"
    return "waiting" if failure.why is None else "failed"


def comment_of(item: Expected) -> str:
    """The comment by which Snakemake's executor identifies a job in SLURM's queue."""
    return f"rule_{item.rule}_wildcards_{'_'.join(item.wildcards).replace('/', '_')}"
