"""`make study`: run the study, or continue it, and put the results under docs/study/.

Its time is that of all calls together, summed in results/study/seconds.txt.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

from tests.bench.figures import ROOT
from understudy.files import write_json

CONFIG = "config/study.yaml"
RESULTS = ROOT / "results/study"
SECONDS = RESULTS / "seconds.txt"
DOCS = ROOT / "docs/study"
KEPT = (
    *("table1.md", "table1.csv", "table1.tex", "gains.csv", "per_class.csv"),
    *("accuracy.svg", "variants.svg", "per_class.svg", "confusion.svg", "curves.svg"),
)


def run(cores: int) -> None:
    """Snakemake with the study's config; its time is written down however it ends."""
    command = ["snakemake", "--workflow-profile", "profiles/default", "--cores", str(cores)]
    started = time.time()
    try:
        subprocess.run(
            [sys.executable, "-m", *command, "--configfile", CONFIG, "--", "report"],
            cwd=ROOT,
            check=True,
        )
    finally:
        RESULTS.mkdir(parents=True, exist_ok=True)
        with SECONDS.open("a") as stream:
            stream.write(f"{time.time() - started:.0f}\n")


def collect(cores: int, results: Path = RESULTS, docs: Path = DOCS) -> dict:
    """Copy the tables and figures into `docs`, and a record of how they were made; return that."""
    config = yaml.safe_load((ROOT / CONFIG).read_text(encoding="utf-8"))
    experiments = config["experiments"]
    docs.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        shutil.copyfile(results / "experiments" / experiments["dataset"] / name, docs / name)
    seconds = [float(line) for line in (results / SECONDS.name).read_text().split()]
    note = {
        "command": f"make study CORES={cores}",
        "config": CONFIG,
        "seeds": experiments["seeds"],
        "cores": cores,
        "hours": round(sum(seconds) / 3600, 2),
        "calls": len(seconds),
    }
    write_json(docs / "study.json", note)
    return note


if __name__ == "__main__":
    chosen = int(os.environ.get("CORES") or os.cpu_count() or 1)
    try:
        run(chosen)
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    print(f"{collect(chosen)['hours']} hours; tables and figures: {DOCS.relative_to(ROOT)}")
