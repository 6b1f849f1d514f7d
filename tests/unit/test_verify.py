"""Everything that is no longer as its job made it is found, and nothing else."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from understudy.artifacts.arrays import save_arrays
from understudy.files import write_json, write_text
from understudy.forecast.verify import CHANGED, MISSING, damage_text, find_damage
from understudy.plan.digests import read_digests, record_digests
from understudy.plan.job import Expected
from understudy.video.write import VideoWriter

KINDS = {
    "fit.npz": lambda path: save_arrays(path, {"x": np.arange(900.0)}, {"kind": "fit"}),
    "keypoints.npz": lambda path: save_arrays(path, {"x": np.ones(900)}, {"kind": "keypoints"}),
    "avatar.safetensors": lambda path: save_file({"x": torch.rand(900)}, path),
    "clip.mp4": lambda path: film(path),
    "clip.json": lambda path: write_json(path, {"fps": list(range(300))}),
    "manifest.parquet": lambda path: pd.DataFrame({"x": range(900)}).to_parquet(path),
    "sheet.jpg": lambda path: picture(path),
    "list.txt": lambda path: write_text(path, "a line\n" * 99),
    "table.csv": lambda path: write_text(path, "a,b\n1,2\n" * 99),
}
HOUR = 3600


def film(path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (4, 32, 32, 3), dtype=np.uint8)
    with VideoWriter(path, 32, 32, 25) as video:
        video.write(frames)


def picture(path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run: a file of each kind, its benchmark a moment later, all an hour old."""
    root = tmp_path_factory.mktemp("finished")
    for name, make in KINDS.items():
        path = root / "results" / name
        path.parent.mkdir(exist_ok=True)
        make(path)
        made = path.stat().st_mtime - HOUR
        os.utime(path, (made, made))
        write_text(root / f"results/benchmarks/{name}.tsv", "s\n1\n")
        os.utime(root / f"results/benchmarks/{name}.tsv", (made + 1, made + 1))
    return root


@pytest.fixture
def run(finished, tmp_path, monkeypatch):
    """A copy of it, times included, as the working directory; returns what is expected there."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return [Expected(f"results/{name}", "rule", f"results/logs/{name}.log") for name in KINDS]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def zero(path: Path) -> None:
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(content)


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"0")


def replace(path: Path) -> None:
    path.write_bytes(b"another file of another run")


def keeping_its_time(damage: Callable[[Path], None]) -> Callable[[Path], None]:
    def damaged(path: Path) -> None:
        stat = path.stat()
        damage(path)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    return damaged


def of_long_ago(path: Path) -> None:
    replace(path)
    os.utime(path, (0, 0))


NOW = (truncate, halve, empty, flip, zero, append, replace)
DAMAGES = {
    **{damage.__name__: damage for damage in NOW},
    **{f"{damage.__name__}_keeping_its_time": keeping_its_time(damage) for damage in NOW},
    "of_long_ago": of_long_ago,
    "deleted": Path.unlink,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_each_damage_to_each_kind_of_file_is_found(run, damage):
    record_digests("results", run)
    assert find_damage("results", run) == []
    for number, item in enumerate(run, start=1):
        damage(Path(item.path))
        found = find_damage("results", run)
        assert [one.path for one in found] == [other.path for other in run[:number]]
    record_digests("results", run)  # the end of a later run does not take damage for its own
    assert len(find_damage("results", run)) == len(run)


@pytest.mark.parametrize("damage", [truncate, empty, flip, replace, Path.unlink])
def test_what_was_never_recorded_is_judged_by_its_time(run, damage):
    damage(Path(run[0].path))
    found = [one.what for one in find_damage("results", run)]
    assert found == ([] if damage is Path.unlink else [CHANGED])


@pytest.mark.parametrize("name", [name for name in KINDS if not name.endswith((".txt", ".csv"))])
def test_what_was_never_recorded_must_be_readable(run, name):
    keeping_its_time(halve)(Path("results", name))
    (found,) = find_damage("results", run)
    assert found.path == f"results/{name}" and found.what.startswith("broken: cannot be read (")


def test_what_a_later_run_made_anew_is_no_damage(run):
    record_digests("results", run)
    before = read_digests("results")
    flip(Path("results/list.txt"))
    write_text("results/benchmarks/list.txt.tsv", "s\n1\n")
    assert find_damage("results", run) == []
    record_digests("results", run)
    after = read_digests("results")
    assert {path for path in after if after[path] != before[path]} == {"results/list.txt"}


def test_copied_files_with_new_times_are_no_damage(run):
    record_digests("results", run)
    for item in run:
        Path(item.path).touch()
    assert find_damage("results", run) == []


def test_a_damaged_table_of_digests_stops_nothing(run):
    record_digests("results", run)
    table = Path("results/digests.tsv")
    table.write_bytes(b"\xff\xfe\n" + table.read_bytes() + b"half\ta line")
    assert len(read_digests("results")) == len(run)
    assert find_damage("results", run) == []


def test_it_says_what_to_do(run):
    record_digests("results", run)
    Path(run[0].path).unlink()
    text = damage_text(find_damage("results", run), 8)
    assert f"{run[0].path}\n    {MISSING} (rule)" in text and "Run the workflow again" in text
    flip(Path(run[1].path))
    assert "understudy verify --delete" in damage_text(find_damage("results", run), 8)
    assert damage_text([], 1234) == "1,234 files are as their jobs made them."
