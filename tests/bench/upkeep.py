"""`make bench NAME=upkeep`: types, worked examples, what libraries took over, and whether the tests
and the demo take longer than as of the commit BEFORE.

Hours, on an otherwise idle machine: both trees are installed and run. If UNDERSTUDY_SECONDS names a
file {"test": [before, now], "demo": [before, now]} of seconds measured as here, nothing of it is
run again.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.bench import known_tests
from tests.bench.figures import ROOT, Figure, write_figures
from tests.bench.house import BEFORE
from tests.bench.replaced import replaced_slower

GIT = ["git", "-C", str(ROOT)]


def type_errors() -> int:
    """What mypy finds in the library and the logger."""
    told = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, text=True, capture_output=True)
    if told.returncode > 1:
        raise RuntimeError(told.stdout + told.stderr)
    return len(re.findall(r": error: ", told.stdout))


def examples_checked() -> int:
    """How many worked examples tests/unit/test_contributing.py adds to a copy and uses there."""
    test = "tests/unit/test_contributing.py::test_an_example_works"
    command = [sys.executable, "-m", "pytest", "-q", test]
    told = subprocess.run(command, cwd=ROOT, text=True, capture_output=True).stdout
    passed = re.search(r"(\d+) passed", told)
    return int(passed[1]) if passed else 0


@contextmanager
def installed(commit: str) -> Iterator[Path]:
    """A fresh clone at a commit, with an environment of its own."""
    with tempfile.TemporaryDirectory(prefix="understudy-upkeep-") as name:
        clone = Path(name) / "understudy"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        subprocess.run(["git", "checkout", "--quiet", "--detach", commit], cwd=clone, check=True)
        subprocess.run(["make", "install"], cwd=clone, check=True)
        yield clone


@cache
def seconds() -> dict[str, list[float]]:
    """Target of the Makefile -> how long it took, as of BEFORE and now.

    Of the tests, those that both have, by the names of their functions.
    """
    if logged := os.environ.get("UNDERSTUDY_SECONDS"):
        return json.loads(Path(logged).read_text(encoding="utf-8"))
    head = subprocess.check_output([*GIT, "rev-parse", "HEAD"], text=True).strip()
    with (
        tempfile.TemporaryDirectory() as plugin,
        installed(BEFORE) as before,
        installed(head) as now,
    ):
        shutil.copy(known_tests.__file__, plugin)
        names = Path(plugin) / "names.txt"
        both = tests_of(BEFORE) & tests_of(head)
        names.write_text("\n".join(both), encoding="utf-8")
        print(f"{len(both)} of {len(tests_of(BEFORE))} tests of {BEFORE} are there by that name")
        only = {
            "PYTHONPATH": plugin,
            "PYTEST_ADDOPTS": f"-p {known_tests.__name__.rpartition('.')[2]}",
            known_tests.KNOWN: str(names),
        }
        return {
            "test": [_seconds("test", before, **only), _seconds("test", now, **only)],
            "demo": [_seconds("demo", before), _seconds("demo", now)],
        }


def tests_of(commit: str) -> set[str]:
    """The names of the test functions of a commit."""
    pattern = r"^\s*def test_\w+"
    found = subprocess.check_output(
        [*GIT, "grep", "-hoE", pattern, commit, "--", "tests"], text=True
    )
    return {line.split()[1] for line in found.splitlines()}


def _seconds(target: str, checkout: Path, **environment: str) -> float:
    start = time.perf_counter()
    subprocess.run(["make", target], cwd=checkout, env={**os.environ, **environment}, check=True)
    return time.perf_counter() - start


def test_time_ratio() -> float:
    before, now = seconds()["test"]
    return now / before


def demo_time_ratio() -> float:
    before, now = seconds()["demo"]
    return now / before


def figures() -> list[Figure]:
    return [
        Figure("type_errors", type_errors(), "errors", 0, True),
        Figure("examples_checked", examples_checked(), "examples", 5, False),
        Figure("replaced_slower", replaced_slower(), "× before", 1.05, True),
        Figure("test_time_ratio", test_time_ratio(), "× before", 0.45, True),
        Figure("demo_time_ratio", demo_time_ratio(), "× before", 0.75, True),
    ]


if __name__ == "__main__":
    write_figures("upkeep", figures())
