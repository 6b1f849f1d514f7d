"""The digests of what runs have made: one table in the results folder, brought up to date at the
end of each run. Kept light, since the Snakefile calls it.

A file that was written after its job ended is not recorded anew: it is no longer what a job made.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from understudy.files import sha256, write_text
from understudy.packed import changed_ns
from understudy.plan.job import Expected

NAME = "digests.tsv"  # in the results folder
SLACK_NS = 2_000_000_000  # between a file and the end of its job, for clocks that differ


@dataclass(frozen=True)
class Digest:
    """A file as its job left it: bytes, time stamp in ns, SHA-256 (64 hex digits)."""

    size: int
    mtime_ns: int
    sha256: str


def read_digests(results: Path | str) -> dict[str, Digest]:
    """path -> digest; what cannot be read of the table is left out."""
    found: dict[str, Digest] = {}
    path = Path(results, NAME)
    if not path.is_file():
        return found
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        parts = line.split("\t")
        if len(parts) == 4 and parts[1].isdigit() and parts[2].isdigit() and len(parts[3]) == 64:
            found[parts[0]] = Digest(int(parts[1]), int(parts[2]), parts[3])
    return found


def record_digests(results: Path | str, expected: Iterable[Expected]) -> None:
    """Record what is there of the expected files and was not, or has been made again since."""
    known = read_digests(results)
    found = dict(known)
    for item in expected:
        for path in (item.path, *item.also):
            try:
                stat = os.stat(path)
            except OSError:
                continue
            before = known.get(path)
            made = before is None or stat.st_mtime_ns > before.mtime_ns
            if not made or changed_after_job(item, stat):
                continue
            found[path] = Digest(stat.st_size, stat.st_mtime_ns, sha256(path))
    if found != known:
        rows = (f"{path}\t{one.size}\t{one.mtime_ns}\t{one.sha256}" for path, one in found.items())
        write_text(Path(results, NAME), "\n".join([*rows, ""]))


def changed_after_job(item: Expected, stat: os.stat_result) -> bool:
    """Whether a file was written after its job ended, which left its benchmark last."""
    ended = changed_ns(item.benchmark)
    return ended is not None and stat.st_mtime_ns > ended + SLACK_NS
