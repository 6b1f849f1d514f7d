"""`make bench NAME=house`: the demo against that of the commit BEFORE, array by array; the
configuration, the arrows, the terminal, and what a newcomer has to touch.

Half an hour: both demos are made. With UNDERSTUDY_BEFORE, the folder of results that the older one
left on this machine, only the newer one is.
"""

import ast
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from tests.bench.figures import ROOT
from tests.unit.architecture import (
    LIBRARY,
)
from understudy.configuration.document import key_table
from understudy.configuration.model import Config
from understudy.fitting.limbs import _places
from understudy.video.probe import decode, open_video

BEFORE = "128ba66"
DEMO = "results/demo"
ARRAYS = (  # what is compared, below the results
    *("features/*/*/*.npz", "fit/*/*.npz", "avatar/*/avatar.safetensors", "white/**/*.mkv"),
    *("video/*/*.mp4", "white/**/*.mp4", "synthetic/**/*.mp4"),
)
TOLD = ("Makefile", "README.md", "config/README.md", "docs", "profiles", ".ci")


def arrays_of(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values of everything that a file holds, without its note."""
    if path.suffix == ".npz":
        with np.load(path) as stored:
            yield from ((name, stored[name]) for name in stored.files if name != "about")
    elif path.suffix == ".safetensors":
        yield from load_file(path).items()
    else:
        yield from _frames(path)


def _frames(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    rgba = path.suffix == ".mkv"
    with open_video(path) as container:
        for number, frame in enumerate(decode(container, path)):
            yield f"frame {number}", frame.to_ndarray(format="rgba" if rgba else "rgb24")


def equal(path: Path, other: Path) -> bool:
    """Whether two files hold the same arrays, bit for bit."""
    ours, theirs = arrays_of(path), arrays_of(other)
    if path.suffix in (".npz", ".safetensors"):
        ours, theirs = dict(ours), dict(theirs)
        return ours.keys() == theirs.keys() and all(
            _same(ours[name], theirs[name]) for name in ours
        )
    missing = object()
    return all(
        a is not missing and b is not missing and _same(a[1], b[1])
        for a, b in _longest(ours, theirs, missing)
    )


def _longest(ours: Iterator, theirs: Iterator, missing: object) -> Iterator[tuple]:
    while (pair := (next(ours, missing), next(theirs, missing))) != (missing, missing):
        yield pair


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def arrays_equal(results: Path, before: Path) -> float:
    """Percent of the older demo's files whose arrays are the same now; the others are printed."""
    files = [path for pattern in ARRAYS for path in sorted(before.glob(pattern))]
    different = []
    for path in files:
        now = results / path.relative_to(before)
        if not now.is_file() or not equal(path, now):
            different.append(path)
    for path in different:
        print(f"not equal: {path.relative_to(before)}")
    print(f"{len(files) - len(different)} of {len(files)} files have the same arrays")
    return 100 * (1 - len(different) / len(files))


@contextmanager
def demo_before() -> Iterator[Path]:
    """The results of the demo of BEFORE, made with this environment unless they are there."""
    if made := os.environ.get("UNDERSTUDY_BEFORE"):
        yield Path(made)
        return
    with tempfile.TemporaryDirectory(prefix="understudy-house-") as name:
        folder = Path(name) / "before"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(folder), BEFORE], check=True)
        try:
            (folder / ".venv").symlink_to(ROOT / ".venv")
            command = [".venv/bin/snakemake", "--workflow-profile", "profiles/default"]
            command += ["--cores", str(os.cpu_count()), "--configfile", "config/demo.yaml"]
            subprocess.run([*command, "--", "report"], cwd=folder, check=True)
            yield folder / DEMO
        finally:
            subprocess.run([*git, "remove", "--force", str(folder)], check=True)


@contextmanager
def demo_now() -> Iterator[tuple[Path, int]]:
    """The results of `make demo` in a fresh clone, and how many lines it wrote to no terminal."""
    with tempfile.TemporaryDirectory(prefix="understudy-house-") as name:
        clone = Path(name) / "understudy"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        subprocess.run(["make", "install"], cwd=clone, check=True)
        told = subprocess.run(
            ["make", "demo"], cwd=clone, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        print(told.stdout)
        told.check_returncode()
        yield clone / DEMO, len(told.stdout.splitlines())


def config_keys() -> list[str]:
    """The keys of the main table of config/README.md."""
    return re.findall(r"^\| `([\w.]+)` \|", key_table(Config), re.MULTILINE)


def places_a_default_stands() -> int:
    """The most places in which the default of one key of the configuration is written: in a
    section of the configuration, or in the settings that the section stands for."""
    places: dict[tuple[str, str], int] = {}
    for path in (LIBRARY / "configuration").glob("*.py"):
        for section in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(section, ast.ClassDef):
                for field in section.body:
                    if isinstance(field, ast.AnnAssign) and field.value is not None:
                        key = (section.name, field.target.id)
                        places[key] = _places(field.target.id, field.value, section)
    return max(places.values())


def pythonpath_lines() -> int:
    """Lines that set PYTHONPATH, of what users read and run."""
    files = [
        file
        for name in TOLD
        for file in ([ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*"))
        if file.is_file()
    ]
    lines = [line for file in files for line in file.read_text(errors="ignore").splitlines()]
    return sum("PYTHONPATH" in line for line in lines)
