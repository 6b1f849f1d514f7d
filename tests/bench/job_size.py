"""The size of a job: what one costs besides its work, and three ways to queue composites.

`make bench NAME=job_size` prints the comparison in docs/slurm.md; tests/bench/slurm.py takes its
two costs from here.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.bench.figures import ROOT
from tests.bench.worlds import Shape, write_world
from tests.slurm import slurm_cluster
from tests.slurm.ledger import read_ledger, variables
from tests.slurm.slurm_cluster import Cluster
from tests.slurm.slurm_tools import local_rules

STANDIN = Path(__file__).parent / "sizing"  # the fan-out's shape; a second of work per job
PAIRS, BACKGROUNDS = 6, 3
PAPER = Shape(80, 15)
ASK_OFTEN = (
    *("--executor", "slurm", "--jobs", "100", "--keep-going", "--rerun-incomplete"),
    *("--retries", "0", "--latency-wait", "5", "--scheduler", "greedy"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "1"),
    *("--default-resources", "mem_mb=500", "runtime=5", "slurm_partition=gpu"),
)
SIZES = {  # how composites reach the queue -> Snakemake's arguments
    "local": (),
    "job": (),
    "group": ("--resources", "gpu=1", "--set-resource-scopes", "gpu=local"),
    "group, kept": (
        *("--resources", "gpu=1", "--set-resource-scopes", "gpu=local", "--keep-incomplete"),
    ),
}


def planned_jobs(folder: Path, shape: Shape = PAPER) -> Counter[str]:
    """For the workflow with this many outputs: "queue" and "local" -> how many jobs."""
    folder.mkdir()
    write_world(folder, shape)
    said = _snakemake(folder, "-n", "--cores", "1", *_workflow(), "--", "synthetic", "avatars")
    rules = re.findall(r"^rule (\w+):$", said, re.MULTILINE)
    local = sum(rule in local_rules() for rule in rules)
    return Counter({"queue": len(rules) - local, "local": local})


def seconds_a_submission(cluster: Cluster, folder: Path, count: int = 10) -> float:
    """What a job of the workflow takes in its allocation besides its script, at 3,600 outputs.

    The scripts find empty videos and end at once; only the overhead around them is measured.
    """
    ledger = folder / "ledger.jsonl"
    targets = [f"results/features/reference/r{number:04d}/keypoints.npz" for number in range(count)]
    for number in range(count):
        for suffix in ("mp4", "json"):
            video = folder / f"results/video/reference/r{number:04d}.{suffix}"
            video.parent.mkdir(parents=True, exist_ok=True)
            video.touch()
    before = set(cluster.history())
    _snakemake(
        *(folder, *ASK_OFTEN, *_workflow(), "--rerun-triggers", "mtime", "--", *targets),
        environment={
            **cluster.environment,
            **variables(ledger, ROOT / "src"),
        },
    )
    scripts = [made.end - made.begin for made in read_ledger(ledger) if made.end]
    assert len(scripts) == count, scripts
    return (allocated_seconds(cluster, before) - sum(scripts)) / count


def seconds_a_local_job(folder: Path, count: int = 20) -> float:
    """What a local job takes besides its work, one after another."""
    (folder / "p0").mkdir(parents=True)
    (folder / "p0/white.txt").touch()
    targets = [f"p0/{number}.txt" for number in range(count)]
    _snakemake(
        *(folder, "-s", str(STANDIN / "Snakefile"), "--cores", "1", "--config"),
        *("size=local", "pairs=1", "--", *targets),
    )
    times = [line.split("\t")[1:3] for line in (folder / "ledger.tsv").read_text().splitlines()]
    begins, ends = zip(*(map(float, pair) for pair in times), strict=True)
    work = sum(ends) - sum(begins)
    return (max(ends) - min(begins) - work) / (count - 1)


def allocated_seconds(cluster: Cluster, before: set[str]) -> float:
    """Seconds that the jobs submitted since `before` held their allocations."""
    total = 0
    for job in set(cluster.history()) - before:
        told = cluster.ask("scontrol", "show", "job", job)
        hours, minutes, seconds = re.search(r"RunTime=(\d+):(\d+):(\d+)", told).groups()
        total += int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return total


def compare(cluster: Cluster, folder: Path) -> None:
    """Print for each size: submissions, GPU allocation per output, and what a failure costs."""
    for size, arguments in SIZES.items():
        for broken in ("none", "p1/1"):
            where = folder / f"{size}-{broken.replace('/', '-')}"
            where.mkdir(parents=True)
            first, again = (
                _standin(cluster, where, size, arguments, cause) for cause in (broken, "none")
            )
            print(f"{size:12} {'one fails' if broken != 'none' else '':9} {first}")
            if broken != "none":
                print(f"{'':12} {'again':9} {again}", flush=True)


def _standin(
    cluster: Cluster, folder: Path, size: str, arguments: tuple[str, ...], broken: str
) -> str:
    before, began, ledger = set(cluster.history()), time.monotonic(), folder / "ledger.tsv"
    ran = len(ledger.read_text().splitlines()) if ledger.exists() else 0
    _snakemake(
        *(folder, "-s", str(STANDIN / "Snakefile"), "--local-cores", "2", *ASK_OFTEN, *arguments),
        *("--config", f"size={size.split(',')[0]}", f"pairs={PAIRS}", f"broken={broken}", "--"),
        environment=cluster.environment,
    )
    seconds, held = time.monotonic() - began, allocated_seconds(cluster, before)
    runs = len(ledger.read_text().splitlines()) - ran
    files = len(list(folder.glob("p*/?.txt"))), len(list(folder.glob("p*/white.txt")))
    return (
        f"{seconds:4.0f} s, {len(set(cluster.history()) - before):2} submissions, "
        f"{held:4.0f} s allocated, {runs:2} scripts ran, {files[0]} composites and {files[1]} "
        "animations there"
    )


def _workflow() -> tuple[str, ...]:
    return ("-s", str(ROOT / "Snakefile"), "--configfile", "config.yaml")


def _snakemake(folder: Path, *arguments: str, environment: dict | None = None) -> str:
    """What Snakemake prints; it may fail if a job was made to."""
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=folder,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return run.stdout


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="understudy-size-") as name:
        temporary = Path(name)
        with slurm_cluster.running(slurm_cluster.Cluster(temporary / "slurm", False)) as started:
            compare(started, temporary)
            jobs = planned_jobs(temporary / "paper")
            submission = seconds_a_submission(started, temporary / "paper")
        local = seconds_a_local_job(temporary / "alone")
    print(f"{PAPER.outputs:,} outputs: {dict(jobs)}")
    print(f"beside the work: {submission:.2f} s a submission, {local:.2f} s a local job")
