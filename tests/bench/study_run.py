"""`make study`: run the study, or continue it, and put the results under docs/study/.

Its hours are those of all calls together; `ledger` notes them in results/study/calls.tsv.
"""

import os
import shutil
import sys
from pathlib import Path

import yaml

from tests.bench.figures import ROOT
from tests.bench.ledger import read_ledger, run_noted
from understudy.files import write_json

CONFIG = "config/study.yaml"
RESULTS = ROOT / "results/study"
LEDGER = "calls.tsv"
DOCS = ROOT / "docs/study"
KEPT = (
    *("table1.md", "table1.csv", "table1.tex", "gains.csv", "per_class.csv"),
    *("accuracy.svg", "variants.svg", "per_class.svg", "confusion.svg", "curves.svg"),
)


def run(cores: int) -> int:
    """Snakemake with the study's config; its exit code."""
    command = ["snakemake", "--workflow-profile", "profiles/default", "--cores", str(cores)]
    return run_noted(
        [sys.executable, "-m", *command, "--configfile", CONFIG, "--", "report"],
        ROOT,
        RESULTS / LEDGER,
    )


def collect(cores: int, results: Path = RESULTS, docs: Path = DOCS) -> dict:
    """Copy the tables and figures into `docs`, and a record of how they were made; return that."""
    config = yaml.safe_load((ROOT / CONFIG).read_text(encoding="utf-8"))
    experiments = config["experiments"]
    docs.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        shutil.copyfile(results / "experiments" / experiments["dataset"] / name, docs / name)
    calls = read_ledger(results / LEDGER)
    note = {
        "command": f"make study CORES={cores}",
        "config": CONFIG,
        "seeds": experiments["seeds"],
        "cores": cores,
        "hours": round(sum(call.seconds for call in calls) / 3600, 2),
        "cpu_hours": round(sum(call.cpu_seconds for call in calls) / 3600, 2),
        "calls": len(calls),
    }
    write_json(docs / "study.json", note)
    return note


if __name__ == "__main__":
    chosen = int(os.environ.get("CORES") or os.cpu_count() or 1)
    if code := run(chosen):
        sys.exit(code)
    told = collect(chosen)
    print(
        f"{told['hours']} hours, {told['cpu_hours']} of CPU time; "
        f"tables and figures: {DOCS.relative_to(ROOT)}"
    )
