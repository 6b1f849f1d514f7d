"""`make bench NAME=house`: the demo against that of the commit BEFORE, array by array; the
configuration, the imports, the terminal, and what a newcomer has to touch.

Half an hour: both demos are made. If UNDERSTUDY_BEFORE names the folder of results that the
older one left on this machine, only the newer one is made.
"""

import ast
import inspect
import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from tests.bench.additions import files_touched
from tests.bench.figures import ROOT, Figure, write_figures
from tests.unit.architecture import (
    between_folders,
    between_packages,
    circles,
    imports,
    upward_arrows,
)
from understudy.configuration.document import key_table
from understudy.configuration.kinds import Section
from understudy.configuration.model import Config
from understudy.video.container import decode, open_video

BEFORE = "128ba66"
DEMO = "results/demo"
ARRAYS = (  # what is compared, below the results
    *("features/*/*/*.npz", "fit/*/*.npz", "avatar/*/avatar.safetensors", "white/**/*.mkv"),
    *("video/*/*.mp4", "white/**/*.mp4", "synthetic/**/*.mp4"),
)
TOLD = ("Makefile", "README.md", "config/README.md", "docs", "profiles", ".ci")


def arrays_of(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values of everything that a file holds, without its metadata."""
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
    """The largest number of places that write out the default of one key of the configuration: the
    section of the configuration, and the settings of the library that the section mirrors."""
    places: Counter = Counter()
    for section in sections(Section):
        for settings in section.of.__mro__ if section.of else ():
            places.update({(section, name): 1 for name in literals(settings)})
        places.update({(section, name): 1 for name in literals(section)})
    return max(places.values())


def sections(section: type[Section]) -> Iterator[type[Section]]:
    for inner in section.__subclasses__():
        yield inner
        yield from sections(inner)


def literals(owner: type) -> list[str]:
    """The fields whose default a class itself writes out: not those that take another's."""
    if not owner.__module__.startswith("understudy."):
        return []
    fields = ast.parse(inspect.getsource(owner)).body[0].body
    written = []
    for field in fields:
        if isinstance(field, ast.AnnAssign) and field.value is not None:
            parts = list(ast.walk(field.value))
            taken = any(isinstance(part, ast.Attribute) for part in parts)
            if not taken and any(isinstance(part, ast.Constant) for part in parts):
                written.append(field.target.id)
    return written


def pythonpath_lines() -> int:
    """Lines that set PYTHONPATH in what users read and run."""
    files = [
        file
        for name in TOLD
        for file in ([ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*"))
        if file.is_file()
    ]
    lines = [line for file in files for line in file.read_text(errors="ignore").splitlines()]
    return sum("PYTHONPATH" in line for line in lines)


def figures() -> list[Figure]:
    graph = imports()
    rings = (circles(graph), circles(between_packages(graph)), circles(between_folders(graph)))
    keys = config_keys()
    touched = files_touched()
    with demo_before() as before, demo_now() as (results, lines):
        same = arrays_equal(results, before)
    return [
        Figure("arrays_equal", same, "%", 100, False),
        Figure("fit_keys", sum(key.startswith("fit.") for key in keys), "keys", 8, True),
        Figure("config_keys", len(keys), "keys", 70, True),
        Figure("circles", sum(map(len, rings)), "circles", 0, True),
        Figure("upward_arrows", len(upward_arrows()), "arrows", 0, True),
        Figure("places_a_default_stands", places_a_default_stands(), "places", 1, True),
        Figure("pythonpath_lines", pythonpath_lines(), "lines", 2, True),
        Figure("demo_terminal_lines", lines, "lines", 80, True),
        *(Figure(f"{kind}_files", count, "files", 3, True) for kind, count in touched.items()),
    ]


if __name__ == "__main__":
    write_figures("house", figures())
