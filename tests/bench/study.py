"""`make bench NAME=study`: figures of the committed study (docs/study/), and what loading costs.

A figure of a study that is not there yet is not measured.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tests.bench.figures import Figure, write_figures
from tests.bench.loader import loader_ratio
from tests.bench.study_run import DOCS
from understudy.files import read_json
from understudy.recognition.tabulate import usual

MODEL = "resnet"
FEW, ONE = 5, 1  # real videos per class (paper, sections 5.2 and 5.3)
TWELVE = 12  # synthetic ones beside the one
SELECTED = "quality"


@dataclass(frozen=True)
class Study:
    """The tables of its ResNet (`recognition.tables`), and the note on how they were made."""

    summary: pd.DataFrame
    gains: pd.DataFrame
    per_class: pd.DataFrame
    note: dict

    @staticmethod
    def read(docs: Path) -> "Study | None":
        """None if there is none."""
        if not (docs / "gains.csv").is_file():
            return None
        tables = [
            pd.read_csv(docs / name, dtype={"identities": str})
            for name in ("table1.csv", "gains.csv", "per_class.csv")
        ]
        own = (table[table.model == MODEL] for table in tables)
        return Study(*own, read_json(docs / "study.json"))

    @property
    def most_real(self) -> int:
        return int(self.gains.n_real.max())

    def helped(self, table: pd.DataFrame, n_real: int) -> pd.Series:
        """The row of a table with as many synthetic videos as there are; of one real video, with
        TWELVE."""
        rows = usual(table)
        made = TWELVE if n_real == ONE else rows.n_synthetic.max()
        return rows[(rows.n_synthetic == made) & (rows.n_real == n_real)].squeeze(axis=0)

    def gain(self, n_real: int, column: str = "gain") -> float:
        """Points."""
        return 100 * float(self.helped(self.gains, n_real)[column])

    def accuracy(self, n_real: int) -> float:
        """With synthetic videos, %."""
        return 100 * float(self.helped(self.summary, n_real).accuracy)

    def worst_class_loss(self) -> float:
        """The largest drop of a class's accuracy, mean over seeds, at five real videos and at all
        of them, points."""
        rows = usual(self.per_class)
        rows = rows[rows.n_real.isin((FEW, self.most_real))]
        wide = rows.pivot_table("accuracy", ["n_real", "label"], "n_synthetic")
        return 100 * float((wide[0] - wide[wide.columns.max()]).max())

    def half_keeps(self) -> float | None:
        """Of the gain at five real videos, what half of the synthetic ones keep, those of the best
        quality, %; None if the study did not try."""
        most = self.gains.n_synthetic.max()
        rows = self.gains[(self.gains.n_real == FEW) & (self.gains.n_synthetic == most // 2)]
        selected = rows[rows.selection == SELECTED]
        if selected.empty:
            return None
        return 1e4 * float(selected.gain.iloc[0]) / self.gain(FEW)


def study_figures(docs: Path = DOCS) -> list[Figure]:
    """Accuracy, gains, what they cost, and hours, from `docs`."""
    study = Study.read(docs)
    figures = []
    for name, n_real, accuracy, gain, low in (
        ("oneshot", ONE, 84, 46, None),
        ("fewshot", FEW, 87, 7, 2),
        ("baseline", study.most_real if study else 0, 91, 1, 0),
    ):
        values = (
            (study.accuracy(n_real), study.gain(n_real), study.gain(n_real, "low"))
            if study
            else (None,) * 3
        )
        figures += [
            Figure(f"{name}_accuracy", values[0], "%", accuracy, False),
            Figure(f"{name}_gain", values[1], "points", gain, False),
            Figure(f"{name}_gain_low", values[2], "points", low, False),
        ]
    return [
        *figures,
        Figure("worst_class_loss", study and study.worst_class_loss(), "points", 5, True),
        Figure("half_keeps", study and study.half_keeps(), "% of the gain", 95, False),
        Figure("study_hours", study and study.note["hours"], "h", 3, True),
        Figure("study_cpu_hours", study and study.note.get("cpu_hours"), "h", None, True),
    ]


if __name__ == "__main__":
    found = [*study_figures(), Figure("loader_ratio", loader_ratio(), "×", 1.15, True)]
    write_figures("study", found)
    sys.exit(0 if all(figure.passed for figure in found) else 1)
