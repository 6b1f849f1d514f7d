"""How a run stands, in words."""

from collections import Counter

from snakemake_logger_plugin_understudy.run import Job, Run
from understudy.report.benchmarks import in_words


def count(number: int, of: int | None = None) -> str:
    """12, or 12 of 1,340."""
    return f"{number:,}" if of is None else f"{number:,} of {of:,}"


def took(seconds: float) -> str:
    """How long, to the second."""
    return in_words(seconds) if seconds >= 10 else f"{max(0.0, seconds):.0f} s"


def left(run: Run, now: float) -> str:
    """How long it will take, no finer than it can be known; empty where nobody knows."""
    known = run.seconds_left(now)
    if known is None:
        return ""
    seconds, measured = known
    step = 10 if seconds < 120 else 60
    rounded = in_words(max(step, step * round(seconds / step)))
    return f"{'about' if measured else 'roughly'} {rounded} left"


def which(jobs: list[Job], most: int = 6) -> str:
    """The rules of jobs: with its subject where it is one job, else with how many there are."""
    of_rule = Counter(job.rule for job in jobs)
    alone = {job.rule: str(job) for job in jobs}
    told = [f"{number} × {rule}" if number > 1 else alone[rule] for rule, number in of_rule.items()]
    more = f" and {len(told) - most} rules more" if len(told) > most else ""
    return ", ".join(told[:most]) + more
