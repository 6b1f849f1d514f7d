"""Times and memory of each rule, from the benchmark files that Snakemake writes."""

import statistics
from dataclasses import dataclass
from pathlib import Path

from understudy.packed import texts


@dataclass(frozen=True)
class RuleCost:
    """What the finished jobs of one rule took: wall-clock seconds, CPU seconds, peak
    memory in MB."""

    rule: str
    jobs: int
    total_s: float
    median_s: float
    longest_s: float
    longest_job: str
    peak_mb: float | None
    cpu_s: float | None


@dataclass(frozen=True)
class _Job:
    """One benchmark file: mean seconds, largest memory, mean CPU seconds."""

    seconds: float
    name: str
    peak_mb: float | None
    cpu_s: float | None


def read_benchmarks(folder: Path) -> list[RuleCost]:
    """One entry per rule, the costliest first.

    `folder` holds {rule}.tsv or {rule}/{wildcards}.tsv, packed or not; a file with repeats counts
    as one job with their mean. Files that are not benchmarks are skipped.
    """
    jobs: dict[str, list[_Job]] = {}
    for name, text in texts(folder, ".tsv"):
        job = _read(text, name)
        if job:
            jobs.setdefault(name.partition("/")[0], []).append(job)
    return sorted((_cost(rule, of) for rule, of in jobs.items()), key=lambda cost: -cost.total_s)


def _read(text: str, name: str) -> _Job | None:
    lines = text.splitlines()
    columns = lines[0].split("\t") if lines else []
    if "s" not in columns or "max_rss" not in columns:
        return None
    rows = [dict(zip(columns, line.split("\t"), strict=False)) for line in lines[1:]]

    def numbers(column: str) -> list[float]:
        found = (_number(row.get(column, "")) for row in rows)
        return [value for value in found if value is not None]

    seconds, processors = numbers("s"), numbers("cpu_time")
    if not seconds:
        return None
    cpu_s = statistics.mean(processors) if processors else None
    return _Job(statistics.mean(seconds), name, max(numbers("max_rss"), default=None), cpu_s)


def _number(text: str) -> float | None:
    """A cell; Snakemake writes NA or - for what it could not measure (very short jobs)."""
    try:
        return float(text)
    except ValueError:
        return None


def _cost(rule: str, jobs: list[_Job]) -> RuleCost:
    seconds = [job.seconds for job in jobs]
    longest = max(jobs, key=lambda job: (job.seconds, job.name))
    processors = [job.cpu_s for job in jobs if job.cpu_s is not None]
    return RuleCost(
        rule=rule,
        jobs=len(jobs),
        total_s=sum(seconds),
        median_s=statistics.median(seconds),
        longest_s=longest.seconds,
        longest_job=longest.name.partition("/")[2],
        peak_mb=max((job.peak_mb for job in jobs if job.peak_mb is not None), default=None),
        cpu_s=sum(processors) if processors else None,
    )


def in_words(seconds: float) -> str:
    """3 s, 2 min 10 s, 1 h 5 min."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    minutes = round(seconds / 60)
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
