"""Times and memory of each rule, from the benchmark files that Snakemake writes."""

import statistics
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RuleCost:
    """What the finished jobs of one rule took: seconds of wall-clock time, MB of memory (peak)."""

    rule: str
    jobs: int
    total_s: float
    median_s: float
    longest_s: float
    longest_job: str
    peak_mb: float | None


def read_benchmarks(folder: Path) -> list[RuleCost]:
    """One entry a rule, the costliest first.

    `folder` holds {rule}.tsv or {rule}/{wildcards}.tsv; a file with repeats counts as one job with
    their mean. Files that are not benchmarks are passed over.
    """
    jobs: dict[str, list[tuple[float, str, float | None]]] = {}
    folder = Path(folder)
    for path in sorted(folder.rglob("*.tsv")):
        measured = _read(path)
        if measured:
            name = path.relative_to(folder).with_suffix("")
            seconds, megabytes = measured
            jobs.setdefault(name.parts[0], []).append((seconds, str(name), megabytes))
    return sorted((_cost(rule, of) for rule, of in jobs.items()), key=lambda cost: -cost.total_s)


def _read(path: Path) -> tuple[float, float | None] | None:
    """Mean seconds and largest max_rss of a file's rows."""
    lines = path.read_text(encoding="utf-8").splitlines()
    columns = lines[0].split("\t") if lines else []
    if "s" not in columns or "max_rss" not in columns:
        return None
    rows = [dict(zip(columns, line.split("\t"), strict=False)) for line in lines[1:]]
    seconds = [value for row in rows if (value := _number(row["s"])) is not None]
    memory = [value for row in rows if (value := _number(row.get("max_rss", ""))) is not None]
    return (statistics.mean(seconds), max(memory, default=None)) if seconds else None


def _number(text: str) -> float | None:
    """A cell; Snakemake writes NA or - for what it could not measure (very short jobs)."""
    try:
        return float(text)
    except ValueError:
        return None


def _cost(rule: str, jobs: list[tuple[float, str, float | None]]) -> RuleCost:
    seconds = [job[0] for job in jobs]
    longest = max(jobs)
    return RuleCost(
        rule=rule,
        jobs=len(jobs),
        total_s=sum(seconds),
        median_s=statistics.median(seconds),
        longest_s=longest[0],
        longest_job=longest[1].partition("/")[2],
        peak_mb=max((job[2] for job in jobs if job[2] is not None), default=None),
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
