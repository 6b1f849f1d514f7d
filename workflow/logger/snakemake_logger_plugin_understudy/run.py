"""How a run stands: each rule's jobs, what runs, what failed, how long it will take."""

import statistics
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

ENOUGH = 20  # benchmark files of a rule that tell how long its jobs take


@dataclass(frozen=True)
class Job:
    """A job that runs or failed.

    subject: its wildcards; since: when it began, or was submitted to a cluster's queue.
    """

    rule: str
    subject: str
    log: str
    since: float
    submitted: bool = False

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}".rstrip()


@dataclass
class Stage:
    """The jobs of one rule. seconds: of all that are done; earlier: of one, in earlier runs."""

    total: int
    done: int = 0
    seconds: float = 0.0
    earlier: float | None = None

    @property
    def job_s(self) -> float | None:
        """How long a job takes; None: nobody knows."""
        return self.seconds / self.done if self.done else self.earlier


@dataclass
class Run:
    """All jobs of a run, kept up to date by what Snakemake tells. Times are of one clock."""

    since: float
    stages: dict[str, Stage]
    running: dict[int, Job] = field(default_factory=dict)
    failed: dict[int, Job] = field(default_factory=dict)
    benchmarks: Path | None = None

    @property
    def total(self) -> int:
        return sum(stage.total for stage in self.stages.values())

    @property
    def done(self) -> int:
        return sum(stage.done for stage in self.stages.values())

    def begin(self, id_: int, job: Job, benchmark: str | None = None) -> None:
        """A job was started or submitted, for the first time or again."""
        self.failed.pop(id_, None)
        self.running[id_] = job
        self.stages.setdefault(job.rule, Stage(0))
        if self.benchmarks is None and benchmark and job.rule in Path(benchmark).parts:
            parts = Path(benchmark).parts
            self.benchmarks = Path(*parts[: parts.index(job.rule)])
            for rule, stage in self.stages.items():
                stage.earlier = _earlier(self.benchmarks / rule)

    def finish(self, id_: int, now: float) -> None:
        """A job is done."""
        job = self.running.pop(id_, None)
        if job:
            stage = self.stages[job.rule]
            stage.done += 1
            stage.seconds += now - job.since
            stage.total = max(stage.total, stage.done)

    def fail(self, id_: int, job: Job) -> None:
        """A job failed."""
        self.running.pop(id_, None)
        self.failed[id_] = job

    def seconds_left(self, now: float) -> tuple[float, bool] | None:
        """How long the rest will take, and whether each of its rules was measured; None: nobody
        knows.

        The work that is left, by the mean of each rule's jobs, else of all, at the pace so far.
        """
        stages, running = list(self.stages.values()), list(self.running.values())
        failed = Counter(job.rule for job in list(self.failed.values()))
        spent = sum(stage.seconds for stage in stages) + sum(now - job.since for job in running)
        if not self.done or spent <= 0:
            return None
        mean = sum(stage.seconds for stage in stages) / self.done
        work, measured = 0.0, True
        for rule, stage in list(self.stages.items()):
            left = stage.total - stage.done - failed[rule]
            measured &= left == 0 or stage.job_s is not None
            work += left * (mean if stage.job_s is None else stage.job_s)
        for job in running:
            expected = self.stages[job.rule].job_s
            work -= min(now - job.since, mean if expected is None else expected)
        return max(0.0, work) * (now - self.since) / spent, measured


def _earlier(folder: Path) -> float | None:
    """The mean seconds of a few of a rule's benchmark files."""
    seconds = []
    for path in islice(folder.rglob("*.tsv"), ENOUGH):
        try:
            seconds.append(float(path.read_text().splitlines()[1].split("\t")[0]))
        except (OSError, ValueError, IndexError):
            continue
    return statistics.mean(seconds) if seconds else None
