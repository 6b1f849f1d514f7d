"""What planning costs: CPU seconds and memory of a dry run and of a run with nothing to do, at
3,600, 24,000 and 100,000 outputs, next to a plain workflow of the same shape, in one run."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import ROOT, Figure, write_figures
from tests.bench.worlds import Shape, write_sources, write_world
from tests.workflow.workflow_tools import copy_repository

PAPER, LARGE, LARGEST = Shape(80, 15), Shape(80, 100), Shape(100, 100, per_pair=10)
A_PART = ("--batch", "synthetic=1/4", "--", "synthetic")  # of the largest
DRY = ("-n", "--quiet")


@dataclass(frozen=True)
class Usage:
    """What one process took: CPU seconds, and peak memory in MB."""

    cpu_s: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.cpu_s:6.1f} CPU s {self.peak_mb:6.0f} MB"


@dataclass(frozen=True)
class Workflow:
    """A workflow at one size, in its own folder; `command`: Snakemake's arguments."""

    folder: Path
    command: tuple[str, ...]
    python: str = sys.executable

    def snakemake(
        self, *arguments: str, module: str = "snakemake", says: str = "Building DAG"
    ) -> Usage:
        """Run it to its end. RuntimeError with its output unless it succeeds and prints `says`."""
        command = [self.python, "-m", module, *self.command, *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with tempfile.TemporaryFile("w+") as told:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=told, stderr=told
            )
            _, status, used = os.wait4(process.pid, 0)
            told.seek(0)
            text = told.read()
        if status or says not in text:
            raise RuntimeError(f"{' '.join(command)}:\n{text[-3000:]}")
        return Usage(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)

    def finish(self, *arguments: str) -> None:
        """Create every file, as if all jobs had run."""
        self.snakemake("--cores", "1", "--quiet", *arguments, module="tests.bench.fill")


def ours(folder: Path, shape: Shape, checkout: Path, python: str = sys.executable) -> Workflow:
    folder.mkdir()
    write_world(folder, shape)
    profile = str(checkout / "profiles/default")
    command = ("-s", str(checkout / "Snakefile"), "--workflow-profile", profile)
    return Workflow(folder, (*command, "--configfile", "config.yaml"), python)


def before_ratios(folder: Path, checkout: Path) -> list[Figure]:
    """A dry run of the largest plan, and of a quarter of it, next to what the checkout that
    UNDERSTUDY_BEFORE names takes for the same tables, one after the other."""
    earlier = os.environ.get("UNDERSTUDY_BEFORE")
    largest = ours(folder / "largest", LARGEST, checkout)
    whole = largest.snakemake(*DRY)
    print(f"{LARGEST.outputs:7,} dry run  ours {whole}", flush=True)
    part = largest.snakemake(*DRY, *A_PART)
    print(f"{LARGEST.outputs:7,} a part   ours {part}", flush=True)
    cpu = memory = None
    if earlier:
        python = str(Path(earlier) / ".venv/bin/python")
        then = ours(folder / "earlier", LARGEST, Path(earlier), python).snakemake(*DRY)
        print(f"{LARGEST.outputs:7,} dry run  then {then}", flush=True)
        cpu, memory = whole.cpu_s / then.cpu_s, whole.peak_mb / then.peak_mb
    return [
        Figure("plan_100k_cpu_ratio", cpu, "× 128ba66", 0.85, True),
        Figure("plan_100k_memory_ratio", memory, "× 128ba66", 0.85, True),
        Figure("plan_quarter_cpu_ratio", part.cpu_s / whole.cpu_s, "× whole", 0.3, True),
    ]


def files_of(shape: Shape, folder: Path, checkout: Path) -> Figure:
    """How many files a finished run is, Snakemake's own among them, with records in a database."""
    run = ours(folder, shape, checkout)
    database = ("--persistence-backend", "db")
    run.finish(*database)
    counted = {
        name: sum(len(files) for _, _, files in os.walk(folder / name))
        for name in ("results", ".snakemake")
    }
    with closing(sqlite3.connect(folder / ".snakemake/metadata.db")) as stored:
        (records,) = stored.execute("SELECT count(*) FROM snakemake_metadata").fetchone()
    print(f"{shape.outputs:7,} videos: {counted} files; {records:,} records", flush=True)
    run.snakemake("--cores", "1", "--quiet", *database, says="Nothing to be done")
    return Figure("files_24k", sum(counted.values()), "files", 70_000, True)


def mock(folder: Path, shape: Shape) -> Workflow:
    folder.mkdir()
    write_sources(folder, shape)
    counts = (
        f"references={shape.references}",
        f"identities={shape.identities}",
        f"backgrounds={shape.per_pair}",
    )
    snakefile = str(Path(__file__).parent / "mock/Snakefile")
    return Workflow(folder, ("-s", snakefile, "--config", *counts))


def compared(folder: Path, shape: Shape, checkout: Path) -> dict[str, tuple[Usage, Usage]]:
    """(ours, mock) of a dry run before anything ran, and of a run when everything is there."""
    pair = (
        ours(folder / f"ours{shape.outputs}", shape, checkout),
        mock(folder / f"mock{shape.outputs}", shape),
    )
    usages = {"dry run": tuple(workflow.snakemake(*DRY) for workflow in pair)}
    for workflow in pair:
        workflow.finish()
    again, nothing = ("--cores", "1", "--quiet"), "Nothing to be done"
    usages["no-op"] = tuple(workflow.snakemake(*again, says=nothing) for workflow in pair)
    for name, (own, plain) in usages.items():
        print(f"{shape.outputs:7,} {name:8} ours {own}   mock {plain}", flush=True)
    return usages


def figures() -> list[Figure]:
    """Everything measured, in ten minutes or so; it prints as it goes."""
    with tempfile.TemporaryDirectory(prefix="understudy-scale-") as name:
        folder = Path(name)
        checkout = copy_repository(folder / "checkout")  # edits in the meantime change nothing
        compared(folder, PAPER, checkout)
        large = compared(folder, LARGE, checkout)
        one_file = ours(folder / "one", LARGE, checkout).snakemake(
            *DRY, "--", "results/video/reference/r0000.mp4"
        )
        print(f"{LARGE.outputs:7,} one file ours {one_file}", flush=True)
        largest = ours(folder / "largest", LARGEST, checkout)
        whole = largest.snakemake(*DRY)
        print(f"{LARGEST.outputs:7,} dry run  ours {whole}", flush=True)
        print(f"{LARGEST.outputs:7,} a part   ours {largest.snakemake(*DRY, *A_PART)}", flush=True)
    (dry, dry_mock), (noop, noop_mock) = large["dry run"], large["no-op"]
    return [
        Figure("plan_24k_cpu_ratio", dry.cpu_s / dry_mock.cpu_s, "× mock", 1.2, True),
        Figure("plan_24k_memory_ratio", dry.peak_mb / dry_mock.peak_mb, "× mock", 1.2, True),
        Figure("noop_24k_cpu_ratio", noop.cpu_s / noop_mock.cpu_s, "× mock", 1.2, True),
        Figure("noop_24k_memory_ratio", noop.peak_mb / noop_mock.peak_mb, "× mock", 1.2, True),
        Figure("plan_100k_cpu_s", whole.cpu_s, "s", 120, True),
        Figure("plan_100k_gb", whole.peak_mb / 1024, "GB", 2.5, True),
    ]


if __name__ == "__main__":
    write_figures("scale", figures())
