"""Do `understudy status --suggest`'s requests fit? Jobs of known size run, their requests are
suggested and applied, the jobs run again: how much do they use of what they then ask for?

The jobs are an eighth of 0.2 to 8 GB and a thirtieth of 1 to 20 minutes; what Snakemake measured of
them is multiplied before anything is suggested.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.figures import ROOT, Figure
from tests.bench.worlds import Shape, write_world
from understudy.report.benchmarks import RuleCost, read_benchmarks
from understudy.report.efficiency import Request, read_requests

MB, SECONDS = 8, 30  # times as much as the jobs take
SIZES = {  # rule -> MB, seconds
    "extract_keypoints": (25, 2),
    "extract_masks": (60, 4),
    "extract_depth": (100, 8),
    "measure_coverage": (200, 12),
    "train_avatar": (1000, 40),
    "score_avatar": (400, 20),
    "animate_avatar": (150, 30),
    "train_recogniser": (700, 16),
}
SNAKEFILE = Path(__file__).parent / "standins/Snakefile"


def figures(folder: Path) -> list[Figure]:
    """How many requests for memory and time are half used or more, and how many are too small."""
    folder.mkdir()
    write_world(folder, Shape(1, 1))
    profile = folder / "profile"
    profile.mkdir()
    shutil.copyfile(ROOT / "profiles/slurm/config.yaml", profile / "config.yaml")
    _run(folder)
    command = [sys.executable, "-m", "understudy", "status", "--suggest", "--apply"]
    told = subprocess.run(
        [*command, "--configfile", "config.yaml", "--profile", str(profile)],
        cwd=folder,
        text=True,
        capture_output=True,
    )
    if told.returncode:
        raise RuntimeError(told.stderr[-2000:])
    for made in folder.glob("*.made"):
        made.unlink()
    asked = read_requests(profile / "config.yaml", list(SIZES))
    shares = []
    for cost in _run(folder):
        memory, time = _shares(cost, asked[cost.rule])
        print(f"{cost.rule}: {memory:.2f} of its memory, {time:.2f} of its time", flush=True)
        shares += [memory, time]
    half = sum(share >= 0.5 for share in shares)
    return [
        Figure("requests_used", 100 * half / len(shares), f"% of {len(shares)}", 90, False),
        Figure("requests_too_small", sum(share > 1 for share in shares), "requests", 0, True),
    ]


def _shares(cost: RuleCost, asked: Request) -> tuple[float, float]:
    assert cost.peak_mb and asked.mem_mb and asked.runtime_min
    return cost.peak_mb / asked.mem_mb, cost.longest_s / 60 / asked.runtime_min


def _run(folder: Path) -> list[RuleCost]:
    """Run all jobs, eight at a time; what they would have taken at their full size."""
    sizes = ", ".join(f"{name}: '{size[0]},{size[1]}'" for name, size in SIZES.items())
    run = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "-s", str(SNAKEFILE), "--cores", "8"),
            *("--quiet", "all", "--config", f"sizes={{{sizes}}}"),
        ],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if run.returncode:
        raise RuntimeError(run.stdout[-2000:])
    for path in (folder / "results/benchmarks").rglob("*.tsv"):
        head, row = path.read_text().splitlines()
        columns, cells = head.split("\t"), row.split("\t")
        for name, times in (("s", SECONDS), ("max_rss", MB)):
            cells[columns.index(name)] = str(float(cells[columns.index(name)]) * times)
        path.write_text(f"{head}\n" + "\t".join(cells) + "\n")
    return read_benchmarks(folder / "results/benchmarks")
