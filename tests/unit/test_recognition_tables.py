"""From finished runs to the table and the figures."""

import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from report_run import write_runs

from understudy.errors import UserError
from understudy.recognition.plots import plot_accuracy, plot_confusion, plot_per_class
from understudy.recognition.tabulate import (
    notes,
    read_runs,
    summarise,
    table_one,
    tabulate,
    wilson_interval,
)

ACCURACIES = {
    ("resnet", 1, 0, 0): 0.3,
    ("resnet", 2, 0, 0): 0.4,
    ("resnet", 2, 0, 1): 0.6,
    ("resnet", 2, 8, 0): 0.7,
    ("resnet", 2, 8, 1): 0.9,
    ("slowfast", 2, 0, 0): 0.5,
    ("slowfast", 2, 8, 0): 0.8,
}


@given(st.integers(1, 500), st.floats(0, 1))
def test_wilsons_interval_is_scipys(count, share):
    right = round(share * count)
    interval = scipy.stats.binomtest(right, count).proportion_ci(method="wilson")
    assert wilson_interval(right / count, count) == pytest.approx(tuple(interval), abs=1e-4)


def test_table_one_has_the_papers_layout(tmp_path):
    runs = read_runs(write_runs(tmp_path, ACCURACIES))
    table = table_one(summarise(runs)).to_numpy().tolist()
    assert table == [
        ["ResNet", "✓", "", "50.0 ± 14.1"],
        ["ResNet", "✓", "✓", "80.0 ± 14.1"],
        ["SlowFast", "✓", "", "50.0"],
        ["SlowFast", "✓", "✓", "80.0"],
        ["chance", "", "", "33.3"],
    ]


def test_the_table_says_how_small_the_models_are(tmp_path):
    files = write_runs(tmp_path, ACCURACIES)
    summary = tabulate(files, tmp_path / "table1.md", tmp_path / "table1.csv")
    text = (tmp_path / "table1.md").read_text()
    assert "| ResNet | ✓ | ✓ | 80.0 ± 14.1 |" in text
    assert "not comparable with the paper's" in text and "30 test videos" in text
    stored = pd.read_csv(tmp_path / "table1.csv")
    assert len(stored) == len(summary) == 5
    full = read_runs(files)
    full["settings"] = [{"width": 64}] * len(full)
    assert not any("not comparable" in note for note in notes(summary, full))


def test_no_run_is_one_line():
    with pytest.raises(UserError, match="no finished run"):
        read_runs([])


def test_figures_are_drawn_the_same_twice(tmp_path):
    files = write_runs(tmp_path, ACCURACIES)
    runs = read_runs(files)
    for draw, data in (
        (plot_accuracy, summarise(runs)),
        (plot_per_class, runs),
        (plot_confusion, runs),
    ):
        draw(data, tmp_path / "first.svg")
        draw(data, tmp_path / "second.svg")
        text = (tmp_path / "first.svg").read_text()
        assert text == (tmp_path / "second.svg").read_text() and "ResNet · demo" in text
