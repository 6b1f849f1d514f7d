"""Plans and states as text for a terminal."""

from collections.abc import Sequence

from understudy.forecast.estimate import RuleEstimate
from understudy.forecast.status import RuleStatus
from understudy.report.benchmarks import in_words
from understudy.report.efficiency import Efficiency
from understudy.report.failures import Failure
from understudy.report.fits import JudgedFit

NOT_KNOWN = "?"
MOST_TOLD = 50  # failures, and flagged fits, listed one by one


def plan_text(
    estimates: list[RuleEstimate], cuda: bool, limit: tuple[int, str] | None = None
) -> str:
    """Jobs per rule and their expected cost; an unknown one makes a sum a lower bound.

    limit: how many jobs the user may have in the queue at a time, and the limit's name.
    """
    head = [
        "rule",
        "files",
        "there",
        "jobs due",
        "per job",
        "GPU h",
        "CPU h",
        "disk",
        "source of time per job",
    ]
    rows = [
        [
            one.rule,
            _count(one.planned),
            _count(one.there),
            f"{one.due:,}",
            NOT_KNOWN if one.job_s is None else in_words(one.job_s),
            _hours(one.gpu_hours) if cuda else "0",
            _hours(one.cpu_hours),
            _bytes(one.bytes),
            one.source if one.due else "",
        ]
        for one in estimates
    ]
    due = [one for one in estimates if one.due]
    jobs = sum(one.due for one in due)
    queued = sum(one.due for one in due if one.queued)
    gpu = [one.gpu_hours if cuda else 0.0 for one in due]
    lines = [
        table([head, *rows]),
        "",
        f"{jobs:,} jobs due, {queued:,} of them for a cluster's queue.",
        f"GPU-hours: {_total(gpu, _hours)}. "
        f"CPU-hours: {_total([one.cpu_hours for one in due], _hours)}. "
        f"Disk: {_total([one.bytes for one in due if one.planned], _bytes)}.",
    ]
    if limit and queued >= limit[0]:
        lines.append(_wait([one for one in due if one.queued], queued, *limit))
    if any(one.job_s is None for one in due):
        lines.append(
            "Unknown (?): make one pair first, or give the config of an earlier run "
            "(docs/slurm.md)."
        )
    return "\n".join(lines)


def _wait(submitted: list[RuleEstimate], jobs: int, limit: int, name: str) -> str:
    """What a limit on the jobs in the queue, of which the driver is one, means for those due."""
    told = f"The queue takes {limit:,} jobs at a time, the driver's included ({name}): "
    seconds = [one.due * one.job_s for one in submitted if one.job_s is not None]
    hours = sum(seconds) / max(1, limit - 1) / 3600
    bound = "at least " if len(seconds) < len(submitted) else ""
    rounds = -(-jobs // max(1, limit - 1))
    wait = f"{bound}{_hours(hours)} h if all run"
    return f"{told}{jobs:,} submissions are {rounds:,} times that, {wait}."


def status_text(
    states: list[RuleStatus],
    failures: list[Failure],
    fits: list[JudgedFit],
    used: list[Efficiency],
) -> str:
    """What is done, left and failed per rule; each failure with its reason and log; each flagged
    fit with its reasons; efficiency."""
    head = ["rule", "files", "there", "running", "in queue", "failed", "waiting", "gone"]
    rows = [
        [
            one.rule,
            *(f"{number:,}" for number in (one.planned, one.there, one.running)),
            *(f"{number:,}" for number in (one.queued, one.failed, one.waiting, one.gone)),
        ]
        for one in states
    ]
    parts = [table([head, *rows])]
    failed = [failure for failure in failures if failure.why is not None and not failure.gone]
    if failed:
        parts.append(f"Failed: {len(failed):,}")
        for failure in failed[:MOST_TOLD]:
            parts.append(
                f"  {failure.rule} · {failure.subject}\n    {failure.why}\n    {failure.log}"
            )
        if len(failed) > MOST_TOLD:
            parts.append(f"  … and {len(failed) - MOST_TOLD:,} more")
    gone = [failure.path for failure in failures if failure.gone]
    if gone:
        parts.append(f"Made, but now gone: {len(gone):,} (the next run makes them again)")
        parts.extend(f"  {path}" for path in gone[:MOST_TOLD])
        if len(gone) > MOST_TOLD:
            parts.append(f"  … and {len(gone) - MOST_TOLD:,} more")
    flagged = [fit for fit in fits if fit.reasons]
    if flagged:
        parts.append(f"Flagged fits: {len(flagged):,} of {len(fits):,} (fit.flag)")
        for fit in flagged[:MOST_TOLD]:
            out = ["its videos are left out of the lists (dataset.keep)"] if fit.left_out else []
            parts.append("\n    ".join([f"  {fit.kind} · {fit.id}", *fit.reasons, *out]))
        if len(flagged) > MOST_TOLD:
            parts.append(f"  … and {len(flagged) - MOST_TOLD:,} more")
    if used:
        parts.append("Share of the request that was used (the largest job; processors: all jobs):")
        parts.append(efficiency_table(used))
    return "\n\n".join(parts)


def efficiency_table(used: list[Efficiency]) -> str:
    head = ["rule", "jobs", "memory", "of MB", "time", "of min", "processors", "of"]
    rows = [
        [
            one.rule,
            f"{one.jobs:,}",
            _share(one.memory),
            _count(one.request.mem_mb),
            _share(one.time),
            _count(one.request.runtime_min),
            _share(one.processors),
            str(one.request.threads),
        ]
        for one in used
    ]
    return table([head, *rows])


def table(rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns: the first, and a last one of words, to the left; numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    last = len(widths) - 1

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0])]
        for i in range(1, len(row)):
            words = i == last and any(" " in other[i] for other in rows[1:])
            cells.append(row[i] if words else row[i].rjust(widths[i]))
        return "  ".join(cells).rstrip()

    return "\n".join(line(row) for row in rows)


def _count(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"


def _hours(hours: float | None) -> str:
    if hours is None:
        return NOT_KNOWN
    return f"{hours:,.2f}" if 0 < hours < 1 else f"{hours:,.1f}"


def _bytes(number: float | None) -> str:
    if number is None:
        return NOT_KNOWN
    return f"{number / 1e6:,.1f} MB" if number < 1e9 else f"{number / 1e9:,.1f} GB"


def _share(share: float | None) -> str:
    return NOT_KNOWN if share is None else f"{100 * share:.0f} %"


def _total(values: list[float | None], written) -> str:
    known = sum(value for value in values if value is not None)
    if None in values:
        return f"at least {written(known)}"
    return written(known)
