"""Logs and benchmarks of finished jobs, packed a rule. Kept light, since the Snakefile calls it."""

from collections.abc import Iterable
from pathlib import Path

from understudy.packed import pack
from understudy.plan.job import Expected


def pack_finished(results: Path | str, expected: Iterable[Expected]) -> None:
    """Pack what finished jobs left besides their files: what is there of all files of a job, and
    whose benchmark is not older than its log."""
    logs: dict[str, list[str]] = {}
    benchmarks: dict[str, list[str]] = {}
    for item in expected:
        if f"/{item.rule}/" in item.log and _is_finished(item):
            logs.setdefault(item.rule, []).append(item.log)
            benchmarks.setdefault(item.rule, []).append(item.benchmark)
    for rule in logs:
        pack(f"{results}/logs", rule, logs[rule])
        pack(f"{results}/benchmarks", rule, benchmarks[rule])


def _is_finished(item: Expected) -> bool:
    try:
        said, ended = Path(item.log).stat(), Path(item.benchmark).stat()
    except OSError:  # still running, failed, or packed already
        return False
    there = all(Path(path).exists() for path in (item.path, *item.also))
    return there and ended.st_mtime_ns >= said.st_mtime_ns
