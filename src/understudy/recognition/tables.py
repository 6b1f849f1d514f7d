"""Table 1 and what belongs to it, as Markdown and as LaTeX; the numbers as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from understudy.files import atomic_path, write_text
from understudy.recognition import paper
from understudy.recognition.settings import PAPER_WIDTH
from understudy.recognition.tabulate import (
    OVER_PREDICTED,
    POINT,
    gains,
    over_predicted,
    per_class,
    summarise,
    usual,
    wilson_interval,
)

MODEL_NAMES = {"resnet": "ResNet", "slowfast": "SlowFast"}
SELECTED = {
    "quality": "the best",
    "hardness": "the hardest",
    "covariance": "by covariance",
}
GAINS_NOTE = (
    "Mean difference of runs with the same seed, its 95 % interval, and p of Student's paired "
    "test: how likely so large a mean is where nothing is gained."
)
LATEX = {"✓": r"\checkmark", "±": r"$\pm$", "%": r"\%", "_": r"\_", "&": r"\&", "–": "--"}


@dataclass(frozen=True)
class TableFiles:
    """Where the tables go: Markdown, LaTeX, and the csv of summarise, gains and per_class."""

    markdown: Path
    latex: Path
    summary: Path
    gains: Path
    per_class: Path


def write_tables(runs: pd.DataFrame, files: TableFiles) -> None:
    """Write all tables of the runs that `tabulate.read_runs` returns."""
    summary, gained = summarise(runs), gains(runs)
    one = table_one(summary)
    sections = [
        "# Testing accuracy (%) on real videos",
        _markdown(one),
        _list(notes(summary, runs)),
    ]
    if len(gained):
        sections += ["## Gain from synthetic videos (points)", _markdown(_gains_table(gained))]
        sections += [_list([GAINS_NOTE])]
    sections += ["## Every point", _markdown(_points_table(summary))]
    cameras = _cameras_table(runs)
    if len(cameras):
        sections += ["## By camera", _markdown(cameras)]
    if guessed := list(_guessed(runs)):
        sections += [f"## Guessed: predicted {OVER_PREDICTED} times as often as it occurs, or more"]
        sections += [_list(guessed)]
    write_text(files.markdown, "\n\n".join(sections) + "\n")
    write_text(files.latex, _latex(one))
    tables = ((summary, files.summary), (gained, files.gains), (per_class(runs), files.per_class))
    for table, target in tables:
        with atomic_path(target) as path:
            table.round(4).to_csv(path, index=False)


def table_one(summary: pd.DataFrame) -> pd.DataFrame:
    """The paper's layout: rows (Model, Original, Synthetic), a column of percentages per
    dataset, and next to it the paper's own if it has the dataset.

    For each dataset and model: the largest n_real of the runs, without synthetic videos and with
    most of them; and synthetic videos alone, if there are such runs.
    """
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    summary = usual(summary)
    for (dataset, model), group in summary.groupby(["dataset", "model"], sort=True):
        base = group[group.n_real == group.n_real.max()]
        alone = group[group.n_real == 0]
        shown = [base[base.n_synthetic.isin([0, base.n_synthetic.max()])]]
        shown += [alone[alone.n_synthetic == alone.n_synthetic.max()]]
        for row in pd.concat(shown).drop_duplicates().itertuples():
            original, synthetic = row.n_real > 0, row.n_synthetic > 0
            key = model_name(model), "✓" if original else "", "✓" if synthetic else ""
            columns = cells.setdefault(key, {})
            columns[dataset] = _per_cent(row.accuracy, row.sd)
            if dataset in paper.DATASETS:
                theirs = paper.TABLE_ONE.get((dataset, model, original, synthetic))
                columns[f"{dataset}, paper"] = "–" if theirs is None else f"{theirs:.1f}"
    for dataset, chance in summary.groupby("dataset").chance.first().items():
        cells.setdefault(("chance", "", ""), {})[dataset] = _per_cent(chance, None)
    rows = [
        {"Model": key[0], "Original": key[1], "Synthetic": key[2], **columns}
        for key, columns in cells.items()
    ]
    return pd.DataFrame(rows).fillna("")


def notes(summary: pd.DataFrame, runs: pd.DataFrame) -> list[str]:
    """What a reader must know to read the table correctly, a sentence or two each."""
    lines = []
    for description, group in summary.groupby("description", sort=False):
        lines.append(f"{description}; n_real = {group.n_real.max()} per class.")
    lines += _short_of(runs)
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
        half = max(high - low for low, high in (wilson_interval(a, n_test) for a in group.accuracy))
        lines.append(
            f"{dataset}: {n_test} test videos, so one is {100 / n_test:.1f} points, and the 95 % "
            f"interval of one run's accuracy is up to ± {100 * half / 2:.0f} points wide."
        )
    if all(settings.get("steps") for settings in runs.settings):
        lines.append("All runs of a model take the same number of steps, however many videos.")
    else:
        lines.append(
            "As in the paper, both configurations see the same number of epochs: with more videos "
            "a model also takes more steps."
        )
    return lines


def _short_of(runs: pd.DataFrame) -> list[str]:
    """A line for each cap that some class did not reach in some run."""
    lines = []
    for kind, why in (("real", "the training set"), ("synthetic", "what passed its checks")):
        asked = runs[runs[f"asked_{kind}"] != "all"]
        for cap, group in asked.groupby(f"n_{kind}"):
            least: dict[str, int] = {}
            for taken in group[f"of_{kind}"]:
                for label, count in taken.items():
                    least[label] = min(count, least.get(label, count))
            few = {label: count for label, count in least.items() if count < cap}
            if few:
                named = ", ".join(f"{label} {count}" for label, count in sorted(few.items()))
                lines.append(f"n_{kind} = {cap} is a cap: of {why} there are fewer of {named}.")
    return lines


def model_name(model: str) -> str:
    """A model's name as tables and figures write it."""
    return MODEL_NAMES.get(model, model)


def point_name(row: Any) -> str:
    """What is unusual about a point's synthetic videos, in words; "" where nothing is."""
    words = ["on white"] if row.background == "white" else []
    words += [f"of {row.identities} people"] if row.identities != "all" else []
    words += ["source view alone"] if row.views == "source" else []
    words += [SELECTED[row.selection]] if row.selection != "random" else []
    return ", ".join(words)


def _gains_table(gained: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            **_point_cells(row),
            "Gain": f"{100 * row.gain:+.1f}",
            "95 %": _interval(row),
            "p": "–" if pd.isna(row.p) else f"{row.p:.3f}",
            "Seeds": row.seeds,
        }
        for row in gained.itertuples()
    )


def _points_table(summary: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            **_point_cells(row),
            "Taken of each class": _taken(row),
            "Accuracy": _per_cent(row.accuracy, row.sd),
            "95 %": _interval(row),
            "Mean of classes": _per_cent(row.mean_per_class, None),
            "Calibration error": _per_cent(row.calibration_error, None),
            "Seeds": row.seeds,
        }
        for row in summary.itertuples()
    )


def _point_cells(row: Any) -> dict[str, object]:
    """What a table row says about its point."""
    return {
        "Model": model_name(row.model),
        "Dataset": row.dataset,
        "Synthetic": point_name(row),
        "n_real": row.n_real,
        "n_synthetic": row.n_synthetic,
    }


def _taken(row: Any) -> str:
    """How many real and synthetic videos of each class were taken: 180–225 + 225."""
    spans = [(row.real_least, row.real_most), (row.synthetic_least, row.synthetic_most)]
    return " + ".join(str(a) if a == b else f"{a}–{b}" for a, b in spans)


def _cameras_table(runs: pd.DataFrame) -> pd.DataFrame:
    """One row per point of the usual runs whose test videos say where they were filmed from."""
    if "per_camera" not in runs or not any(runs.per_camera):
        return pd.DataFrame()
    rows = []
    for point, group in usual(runs).groupby(POINT, sort=True):
        said = dict(zip(POINT, point, strict=True))
        means = pd.DataFrame(list(group.per_camera)).mean()
        cameras = {f"camera {name}": f"{100 * value:.1f}" for name, value in means.items()}
        numbers = {name: said[name] for name in ("n_real", "n_synthetic")}
        model = {"Model": model_name(said["model"]), "Dataset": said["dataset"]}
        rows.append({**model, **numbers, **cameras})
    return pd.DataFrame(rows)


def _guessed(runs: pd.DataFrame) -> Iterator[str]:
    """A sentence for each class that a point's models predict for nearly anything."""
    for row in over_predicted(runs).itertuples():
        synthetic = f"{row.n_synthetic} synthetic" + (f" {point_name(row)}".rstrip())
        yield (
            f"{model_name(row.model)}, {row.n_real} real and {synthetic} videos per class: "
            f"{100 * row.said:.0f} % of the test videos are classified as {row.label}, "
            f"{100 * row.occurs:.0f} % are; {100 * row.right:.0f} % of these predictions are right."
        )


def _interval(row: Any) -> str:
    if pd.isna(row.low):
        return "–"
    return f"{100 * row.low:.1f} to {100 * row.high:.1f}"


def _per_cent(mean: float, sd: float | None) -> str:
    spread = "" if sd is None or pd.isna(sd) else f" ± {100 * sd:.1f}"
    return f"{100 * mean:.1f}{spread}"


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _cells(table: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    return [str(name) for name in table.columns], [
        [str(cell) for cell in row] for row in table.to_numpy()
    ]


def _markdown(table: pd.DataFrame) -> str:
    head, rows = _cells(table)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _latex(table: pd.DataFrame) -> str:
    """A tabular of the booktabs package."""

    def line(cells: list[str]) -> str:
        return (
            " & ".join("".join(LATEX.get(sign, sign) for sign in cell) for cell in cells) + r" \\"
        )

    head, rows = _cells(table)
    kinds = "lcc" + "r" * (len(head) - 3)
    body = [line(head), r"\midrule", *map(line, rows)]
    parts = [rf"\begin{{tabular}}{{{kinds}}}", r"\toprule", *body, r"\bottomrule"]
    return "\n".join([r"% \usepackage{booktabs, amssymb}", *parts, r"\end{tabular}"]) + "\n"
