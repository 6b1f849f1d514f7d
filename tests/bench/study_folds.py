"""`python -m tests.bench.study_folds`: which training recipe does the study take? Asked of its
training set alone.

Each of its people is left out once: the recognisers are trained on the others' videos, and on those
synthetic ones that re-enact the others, and tested on the one left out. The synthetic videos are
the study's own and are made once. Writes docs/study/folds.csv: the accuracy of every training.
"""

import os
import sys
from pathlib import Path

import pandas as pd
import yaml

from tests.bench.figures import ROOT
from tests.bench.ledger import run_noted
from tests.bench.study_run import CONFIG, DOCS, RESULTS
from tests.bench.study_tables import FOLDER, TRAINED
from understudy.files import write_text
from understudy.recognition.tabulate import read_runs

FOLDS = RESULTS / "folds"
N_REAL, N_SYNTHETIC = (2, 8), 8  # of each class: of 8 takes and of 16 synthetic videos
VARIANTS: dict[str, dict] = {  # name -> what of the study's ResNet is different
    "mix": {},
    "rehearse": {"recipe": "rehearse"},
    "pretrain": {"recipe": "pretrain"},
}
COLUMNS = ["dataset", "model", "n_real", "n_synthetic", "seed", "accuracy"]


def fold_tables(left_out: str) -> dict[str, str]:
    """Name -> text of the tables that differ from the study's: real, whose test videos are of the
    person left out, and references, which are the others'."""
    real, references = (
        pd.read_csv(FOLDER / f"{name}.tsv", sep="\t", dtype=str) for name in ("real", "references")
    )
    real = real[real.split == "train"]
    real = real.assign(split=real.subject.eq(left_out).map({True: "test", False: "train"}))
    references = references[references.subject != left_out]
    return {
        "real": real.to_csv(sep="\t", index=False),
        "references": references.to_csv(sep="\t", index=False),
    }


def fold_config(left_out: str, folder: Path) -> dict:
    """The study's config for a fold whose tables are in `folder`."""
    config = yaml.safe_load((ROOT / CONFIG).read_text(encoding="utf-8"))
    settings = config["experiments"]["models"]["resnet"]
    config["tables"] |= {name: str(folder / f"{name}.tsv") for name in ("real", "references")}
    config["experiments"] = {
        "dataset": f"without_{left_out}",
        "models": {name: {**settings, **changed} for name, changed in VARIANTS.items()},
        "grid": [
            {"n_real": [*N_REAL], "n_synthetic": 0, "models": "mix"},
            {"n_real": [*N_REAL], "n_synthetic": N_SYNTHETIC},
        ],
        "seeds": [0],
    }
    return config


def run(left_out: str, cores: int) -> list[Path]:
    """Train on one fold; the metrics.json of each training. SystemExit if Snakemake fails."""
    folder = (FOLDS / left_out).relative_to(ROOT)
    for name, text in fold_tables(left_out).items():
        write_text(ROOT / folder / f"{name}.tsv", text)
    config = yaml.safe_dump(fold_config(left_out, folder), sort_keys=False)
    write_text(ROOT / folder / "config.yaml", config)
    command = ["snakemake", "--workflow-profile", "profiles/default", "--cores", str(cores)]
    command += ["--configfile", str(folder / "config.yaml"), "--", "experiments"]
    if code := run_noted([sys.executable, "-m", *command], ROOT, FOLDS / "calls.tsv"):
        sys.exit(code)
    return sorted((RESULTS / "experiments" / f"without_{left_out}").rglob("metrics.json"))


def told(runs: pd.DataFrame) -> pd.DataFrame:
    """Accuracy in % of each variant and number of real videos: the mean over folds."""
    wide = runs.pivot_table("accuracy", ["model", "n_synthetic"], "n_real", aggfunc="mean")
    return (100 * wide).round(1)


if __name__ == "__main__":
    chosen = int(os.environ.get("CORES") or os.cpu_count() or 1)
    files = [file for person in sys.argv[1:] or TRAINED for file in run(person, chosen)]
    found = read_runs(files)[COLUMNS]
    DOCS.mkdir(parents=True, exist_ok=True)
    found.round(4).to_csv(DOCS / "folds.csv", index=False)
    print(told(found))
