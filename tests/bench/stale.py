"""`make bench NAME=stale`: what edits make due, what a missing source loses, which values of
the config are accepted, which frames recognisers get, and what planning and loading cost against
the commit BEFORE.

A quarter of an hour: the smallest run is made for real first.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.bench.figures import ROOT, Figure, write_figures
from tests.bench.reading import BEFORE, frames_right, load_ratio
from tests.bench.scale import DRY, LARGE, ours
from tests.unit.config_values import values_right

sys.path.insert(0, str(ROOT / "tests/workflow"))

import owned
from source_cases import SOURCE_CASES
from stale_cases import CASES
from stale_edits import Case
from workflow_tools import Checkout, copy_repository

ROUNDS = 3


def right_of(cases: list[Case], run: Checkout) -> int:
    """How many edits make exactly those jobs due that they should; the others are printed."""
    right = 0
    for case in cases:
        found, due = case.found(run), Counter(case.due)
        right += found == due
        if found != due:
            print(f"{case.name}: too many {dict(found - due)}, too few {dict(due - found)}")
    return right


def lost_by_missing_source(run: Checkout) -> int:
    """Files that are gone, or made again, after a run without a single source."""
    before = owned.products(run)
    with owned.kept(run.folder / "own"):
        for path in owned.own_files(run):
            path.unlink()
        run.snakemake()
    after = owned.products(run)
    return sum(after.get(path) != made for path, made in before.items())


@contextmanager
def worktree(folder: Path) -> Iterator[Path]:
    """The repository as it was at BEFORE."""
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), BEFORE], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def plan_ratio(folder: Path) -> float:
    """CPU seconds of a dry run of 24,000 videos over those of BEFORE, alternating."""
    with worktree(folder / "before") as before:
        old = ours(folder / "old", LARGE, before)
        new = ours(folder / "new", LARGE, copy_repository(folder / "checkout"))
        pairs = [(new.snakemake(*DRY), old.snakemake(*DRY)) for _ in range(ROUNDS)]
    for pair in pairs:
        print("24,000 videos, dry run: now {}   before {}".format(*pair), flush=True)
    return median(now.cpu_s / then.cpu_s for now, then in pairs)


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="understudy-stale-") as name:
        folder = Path(name)
        own = Checkout(copy_repository(folder / "own"), "own.yaml")
        owned.write_sources(own)
        owned.finish(own)
        right = right_of(SOURCE_CASES, own)
        lost = lost_by_missing_source(own)
        finished = Checkout(copy_repository(folder / "finished"))
        made = finished.snakemake()
        if made.returncode:
            raise RuntimeError(made.stdout[-3000:])
        right += right_of(CASES, finished)
        cases = len(CASES) + len(SOURCE_CASES)
        taken, values = values_right()
        print(f"{right} of {cases} edits, {taken} of {values} values")
        ratio = plan_ratio(folder)
    return [
        Figure("stale_cases_right", 100 * right / cases, f"% of {cases}", 100, False),
        Figure("lost_by_missing_source", lost, "files", 0, True),
        Figure("config_values_right", 100 * taken / values, f"% of {values}", 100, False),
        Figure("frames_right", frames_right(), "%", 100, False),
        Figure("load_ratio", load_ratio(), f"× {BEFORE}", 1.3, True),
        Figure("plan_24k_cpu_ratio", ratio, f"× {BEFORE}", 1.05, True),
    ]


if __name__ == "__main__":
    write_figures("stale", figures())
