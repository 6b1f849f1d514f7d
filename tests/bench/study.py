"""`make bench NAME=study`: figures of the committed study (docs/study/), and what loading costs.

A figure of a study that is not there yet is not measured.
"""

import sys
from pathlib import Path

import pandas as pd

from tests.bench.figures import Figure, write_figures
from tests.bench.loader import loader_ratio
from tests.bench.study_run import DOCS
from understudy.files import read_json
from understudy.recognition.tabulate import usual

FEW, ONE = 5, 1  # real videos per class (paper, sections 5.2 and 5.3)


def study_figures(docs: Path = DOCS) -> list[Figure]:
    """Gains in points, with as many synthetic videos as there are, and hours, from `docs`."""
    gained, hours, cpu_hours = None, None, None
    if (docs / "gains.csv").is_file():
        gained = usual(pd.read_csv(docs / "gains.csv", dtype={"identities": str}))
        gained = gained[gained.n_synthetic == gained.n_synthetic.max()].set_index("n_real")
        note = read_json(docs / "study.json")
        hours, cpu_hours = note["hours"], note.get("cpu_hours")

    def points(n_real: int | None, column: str) -> float | None:
        if gained is None:
            return None
        return 100 * float(gained.loc[n_real or gained.index.max(), column])

    return [
        Figure("fewshot_gain_points", points(FEW, "gain"), "points", 10, False),
        Figure("fewshot_gain_low", points(FEW, "low"), "points", 0, False),
        Figure("baseline_gain_points", points(None, "gain"), "points", 0, False),
        Figure("oneshot_gain_points", points(ONE, "gain"), "points", 0, False),
        Figure("study_hours", hours, "h", 2.5, True),
        Figure("study_cpu_hours", cpu_hours, "h", None, True),
    ]


if __name__ == "__main__":
    figures = [*study_figures(), Figure("loader_ratio", loader_ratio(), "×", 1.15, True)]
    write_figures("study", figures)
    sys.exit(0 if all(figure.passed for figure in figures) else 1)
