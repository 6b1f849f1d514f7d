"""`make bench NAME=upkeep`: types, worked examples, what libraries took over, and whether the tests
and the demo take longer than as of the commit BEFORE.

Hours, on an otherwise idle machine: both trees are installed and run. If UNDERSTUDY_SECONDS names a
file {"test": [before, now], "demo": [before, now]} of seconds measured as here, nothing of it is
run again.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.bench.figures import ROOT, Figure, write_figures
from tests.bench.house import BEFORE
from tests.bench.known_tests import KNOWN
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

    Of today's tests only those that BEFORE had too, by the names of their functions.
    """
    if logged := os.environ.get("UNDERSTUDY_SECONDS"):
        return json.loads(Path(logged).read_text(encoding="utf-8"))
    head = subprocess.check_output([*GIT, "rev-parse", "HEAD"], text=True).strip()
    with installed(BEFORE) as before, installed(head) as now:
        known = now.parent / "known.txt"
        known.write_text("\n".join(tests_before()), encoding="utf-8")
        only = {KNOWN: str(known), "PYTEST_ADDOPTS": "-p tests.bench.known_tests"}
        return {
            "test": [_seconds("test", before), _seconds("test", now, **only)],
            "demo": [_seconds("demo", before), _seconds("demo", now)],
        }


def tests_before() -> list[str]:
    """The names of the test functions of BEFORE."""
    found = subprocess.check_output(
        [*GIT, "grep", "-hoE", r"^\s*def test_\w+", BEFORE, "--", "tests"], text=True
    )
    return sorted({line.split()[1] for line in found.splitlines()})


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
        Figure("test_time_ratio", test_time_ratio(), "× before", 1.05, True),
        Figure("demo_time_ratio", demo_time_ratio(), "× before", 1.05, True),
    ]


if __name__ == "__main__":
    write_figures("upkeep", figures())
