"""From finished runs to Table 1 (paper, section 6): a model's accuracy without and with."""

import math
from pathlib import Path

import pandas as pd

from understudy.errors import UserError
from understudy.files import atomic_path, read_json, write_text
from understudy.recognition.settings import PAPER_WIDTH

MODEL_NAMES = {"resnet": "ResNet", "slowfast": "SlowFast"}
POINT = ["dataset", "model", "n_real", "n_synthetic"]


def read_runs(metrics_files: list[Path]) -> pd.DataFrame:
    """One row a run from each run's metrics.json; sorted by dataset, model, counts, seed."""
    rows = []
    for path in metrics_files:
        metrics = read_json(path)
        counts = metrics.pop("n_per_class")
        rows.append({**metrics, "n_real": counts["real"], "n_synthetic": counts["synthetic"]})
    if not rows:
        raise UserError("experiments: no finished run to tabulate; add one to experiments.grid")
    return pd.DataFrame(rows).sort_values([*POINT, "seed"], ignore_index=True)


def summarise(runs: pd.DataFrame) -> pd.DataFrame:
    """One row a (dataset, model, n_real, n_synthetic): mean, sd over seeds, 95 % interval.

    Accuracies in [0,1]; `low` and `high` are Wilson's interval of the mean accuracy on n_test
    videos, which says how much a test set of that size can tell. `sd` is absent for one seed.
    """
    groups = runs.groupby(POINT, sort=True)
    table = groups.agg(
        seeds=("seed", "nunique"),
        accuracy=("accuracy", "mean"),
        sd=("accuracy", "std"),
        n_test=("n_test", "first"),
        chance=("chance", "first"),
        steps=("steps", "mean"),
        seconds=("seconds", "mean"),
        description=("description", "first"),
    ).reset_index()
    intervals = [wilson_interval(row.accuracy, row.n_test) for row in table.itertuples(index=False)]
    table["low"], table["high"] = zip(*intervals, strict=True)
    return table


def table_one(summary: pd.DataFrame) -> pd.DataFrame:
    """The paper's layout: rows (Model, Original, Synthetic), a column of per cents a dataset.

    For each dataset and model: the largest n_real of the runs, without synthetic videos and with
    most of them.
    """
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    for (dataset, model), group in summary.groupby(["dataset", "model"], sort=True):
        base = group[group.n_real == group.n_real.max()]
        for row in base[base.n_synthetic.isin([0, base.n_synthetic.max()])].itertuples():
            original = "✓" if row.n_real else ""
            synthetic = "✓" if row.n_synthetic else ""
            key = model_name(model), original, synthetic
            cells.setdefault(key, {})[dataset] = _per_cent(row.accuracy, row.sd)
    for dataset, chance in summary.groupby("dataset").chance.first().items():
        cells.setdefault(("chance", "", ""), {})[dataset] = _per_cent(chance, None)
    rows = [
        {"Model": key[0], "Original": key[1], "Synthetic": key[2], **columns}
        for key, columns in cells.items()
    ]
    return pd.DataFrame(rows).fillna("")


def tabulate(metrics_files: list[Path], out_markdown: Path, out_csv: Path) -> pd.DataFrame:
    """Write table1.md (to read) and table1.csv (every point of the grid); returns the latter."""
    runs = read_runs(metrics_files)
    summary = summarise(runs)
    text = "\n\n".join(
        [
            "# Testing accuracy (%) on real videos",
            _markdown(table_one(summary)),
            "\n".join(f"- {note}" for note in notes(summary, runs)),
        ]
    )
    write_text(out_markdown, text + "\n")
    with atomic_path(out_csv) as path:
        summary.round(4).to_csv(path, index=False)
    return summary


def notes(summary: pd.DataFrame, runs: pd.DataFrame) -> list[str]:
    """What a reader must know to read the table rightly, each one sentence or two."""
    lines = []
    for description, group in summary.groupby("description", sort=False):
        lines.append(f"{description}; n_real = {group.n_real.max()} a class.")
    if any(settings["width"] < PAPER_WIDTH for settings in runs.settings):
        lines.append(
            "These models are much narrower and smaller than the paper's, and trained on far "
            "fewer videos: the numbers show that the pipeline works, and are not comparable "
            "with the paper's."
        )
    seeds = int(summary.seeds.min())
    lines.append(
        f"Mean ± standard deviation over {seeds} seeds." if seeds > 1 else "One seed each."
    )
    for dataset, group in summary.groupby("dataset"):
        n_test = int(group.n_test.iloc[0])
        half = (group.high - group.low).max() / 2
        lines.append(
            f"{dataset}: {n_test} test videos, so one is {100 / n_test:.1f} points, and the 95 % "
            f"interval of an accuracy is up to ± {100 * half:.0f} points wide."
        )
    lines.append(
        "As in the paper, both configurations see the same number of epochs: with more videos "
        "a model also takes more steps."
    )
    return lines


def wilson_interval(share: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """95 % confidence interval of a share observed in `count` trials (Wilson, 1927)."""
    middle = share + z**2 / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    scale = 1 + z**2 / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def model_name(model: str) -> str:
    """As tables and figures write it."""
    return MODEL_NAMES.get(model, model)


def _per_cent(mean: float, sd: float | None) -> str:
    spread = "" if sd is None or pd.isna(sd) else f" ± {100 * sd:.1f}"
    return f"{100 * mean:.1f}{spread}"


def _markdown(table: pd.DataFrame) -> str:
    head = [str(column) for column in table.columns]
    rows = [[str(cell) for cell in row] for row in table.to_numpy()]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
