"""A run of the user's own files that is finished without running its jobs: every file is
there, in Snakemake's and our records, but empty."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml
from PIL import Image
from workflow_tools import REPOSITORY, Checkout

from understudy.plan.planned import Plan, read_plan
from understudy.sources import record_path, remember
from understudy.video.write import VideoWriter

VIDEOS = {  # table -> rows: id, then what else the table needs
    "identities": [("anna",)],
    "references": [("wave1", "waving"), ("bow1", "bowing")],
    "real": [
        ("wave_a", "waving", "train"),
        ("wave_b", "waving", "train"),
        ("bow_a", "bowing", "train"),
        ("wave_t", "waving", "test"),
        ("bow_t", "bowing", "test"),
    ],
}
COLUMNS = {
    "identities": ("id", "video"),
    "references": ("id", "video", "label"),
    "real": ("id", "video", "label", "split"),
    "backgrounds": ("id", "image"),
}
ROOMS = ("hall", "yard")
CONFIG = {
    "results": "results",
    "labels": ["waving", "bowing"],
    "tables": {name: f"{name}.tsv" for name in COLUMNS},
    "render": {"placement": "ground"},
    "backgrounds": {"per_pair": 1},
    "experiments": {
        "models": {"small": {"depth": 18, "width": 8, "frames": 4, "size": 32}},
        "grid": [{"n_real": 1, "n_synthetic": 0}, {"n_real": "all", "n_synthetic": 1}],
    },
}


def write_video(path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    with VideoWriter(path, 64, 64, 10) as video:
        video.write(rng.integers(0, 256, (10, 64, 64, 3), dtype=np.uint8))


def write_image(path: Path, level: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 64), (level, 90, 60)).save(path)


def own_files(run: Checkout) -> list[Path]:
    """Every source, as the tables name it."""
    return sorted((run.folder / "own").rglob("*.*"))


def own_files_of(run: Checkout) -> list[str]:
    """The sources that the tables name, whether they are there or not."""
    with contextlib.chdir(run.folder):
        return sorted(set(plan_of(run).sources.values()))


def products(run: Checkout) -> dict[str, int]:
    """Every file below the results, except logs, with its timestamp."""
    return {
        str(path): path.stat().st_mtime_ns
        for path in run.results.rglob("*.*")
        if path.is_file() and not {"logs", "sources"} & set(path.parts)
    }


def write_sources(run: Checkout) -> None:
    """The user's files, tables and config."""
    number = 0
    rows = {name: [] for name in COLUMNS}
    for table, ids in VIDEOS.items():
        for id_, *more in ids:
            number += 1
            write_video(run.folder / f"own/{table}/{id_}.mp4", number)
            rows[table].append((id_, f"own/{table}/{id_}.mp4", *more))
    for level, room in enumerate(ROOMS):
        write_image(run.folder / f"own/rooms/{room}.png", 60 + 50 * level)
        rows["backgrounds"].append((room, f"own/rooms/{room}.png"))
    for table, columns in COLUMNS.items():
        lines = ["\t".join(cells) for cells in (columns, *rows[table])]
        (run.folder / f"{table}.tsv").write_text("\n".join(lines) + "\n")
    (run.folder / run.config).write_text(yaml.safe_dump(CONFIG))


def finish(run: Checkout) -> None:
    """Create every file, recorded as if its job had made it from the current sources."""
    command = [sys.executable, "-m", "tests.bench.fill", *run.command()[3:]]
    done = subprocess.run(
        command,
        cwd=run.folder,
        env={**run.environment, "PYTHONPATH": str(REPOSITORY)},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with contextlib.chdir(run.folder):
        plan = plan_of(run)
        for (kind, id_), path in plan.sources.items():
            record = record_path(plan.layout.sources, kind, id_)
            remember(record, id_, path, plan.version(kind, id_))


def plan_of(run: Checkout) -> Plan:
    """The plan, read in the checkout's folder."""
    return read_plan(run.settings, run.folder / "workflow/schemas")


@contextlib.contextmanager
def kept(path: Path) -> Iterator[None]:
    """A source, or a folder of them, is restored as it was, timestamps included."""
    aside = path.with_name(f"{path.name}.kept")
    copy = shutil.copytree if path.is_dir() else shutil.copy2
    copy(path, aside)
    try:
        yield
    finally:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        os.rename(aside, path)
