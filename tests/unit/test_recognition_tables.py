"""From finished runs to the tables and the figures."""

import math
import re

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from report_run import LABELS, table_files, write_runs

from understudy.errors import UserError
from understudy.files import read_json, write_json
from understudy.recognition import plots
from understudy.recognition.tables import notes, table_one, write_tables
from understudy.recognition.tabulate import (
    gains,
    half_width,
    over_predicted,
    paired_test,
    per_class,
    read_curves,
    read_runs,
    summarise,
    usual,
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


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9))
def test_the_interval_over_seeds_is_scipys(values):
    sd = float(np.std(values, ddof=1))
    if sd < 1e-6:
        return
    low, high = scipy.stats.t.interval(
        0.95, len(values) - 1, np.mean(values), scipy.stats.sem(values)
    )
    assert half_width(sd, len(values)) == pytest.approx((high - low) / 2)


def test_the_test_over_seeds_is_scipys_paired_one():
    without, with_them = [0.78, 0.75, 0.80, 0.77, 0.79], [0.86, 0.84, 0.88, 0.81, 0.90]
    differences = [b - a for a, b in zip(without, with_them, strict=True)]
    assert paired_test(differences) == pytest.approx(
        scipy.stats.ttest_rel(with_them, without).pvalue
    )
    assert math.isnan(paired_test([0.1])) and math.isnan(paired_test([0.1, 0.1]))


def test_one_seed_has_no_interval(tmp_path):
    summary = summarise(read_runs(write_runs(tmp_path, ACCURACIES)))
    one = summary[summary.seeds == 1]
    assert len(one) == 3 and one[["sd", "low", "high"]].isna().all(axis=None)
    assert summary[summary.seeds == 2].low.notna().all()


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


def test_the_papers_figures_stand_beside_its_own_datasets(tmp_path):
    runs = {**ACCURACIES, ("resnet", 0, 8, 0): 0.2}
    table = table_one(summarise(read_runs(write_runs(tmp_path, runs, dataset="ntu"))))
    assert list(table.columns) == ["Model", "Original", "Synthetic", "ntu", "ntu, paper"]
    assert table["ntu, paper"].tolist() == ["8.7", "43.0", "–", "26.8", "36.3", ""]
    assert table.loc[2, ["Original", "Synthetic", "ntu"]].tolist() == ["", "✓", "20.0"]


def test_gains_are_of_runs_with_the_same_seed(tmp_path):
    gained = gains(read_runs(write_runs(tmp_path, ACCURACIES)))
    assert gained.gain.tolist() == pytest.approx([0.3, 0.3])
    assert gained.seeds.tolist() == [2, 1]
    # Both seeds gain the same: the seeds' own differences are not part of the interval.
    assert gained.low[0] == pytest.approx(0.3) and math.isnan(gained.low[1])


def test_the_counts_that_were_taken_stand_in_the_tables(tmp_path):
    files = write_runs(tmp_path, {("resnet", 225, 0, 0): 0.4, ("resnet", 225, 200, 0): 0.5})
    for path, synthetic in zip(files, (0, 199), strict=True):
        metrics = read_json(path)
        metrics["n_of_class"] = {
            "real": {LABELS[0]: 180, LABELS[1]: 225, LABELS[2]: 225},
            "synthetic": dict.fromkeys(LABELS, synthetic),
        }
        metrics["n_per_class"] = {"real": 225, "synthetic": synthetic}
        write_json(path, metrics)
    write_tables(read_runs(files), table_files(tmp_path))
    text = (tmp_path / "table1.md").read_text()
    assert "| ResNet | demo |  | 225 | 200 | 180–225 + 199 | 50.0 | – | 50.0 | 25.0 | 1 |" in text
    told = f"- n_real = 225 is a cap: of the training set there are fewer of {LABELS[0]} 180."
    assert told in text
    assert "n_synthetic = 200 is a cap: of what passed its checks there are fewer of" in text
    stored = pd.read_csv(tmp_path / "table1.csv")
    assert stored.real_least.tolist() == [180, 180] and stored.synthetic_most.tolist() == [0, 199]
    assert len(pd.read_csv(tmp_path / "gains.csv")) == 1, "as many real videos were asked for"


def test_unusual_points_stand_beside_the_usual(tmp_path):
    files = write_runs(tmp_path, ACCURACIES)
    files += write_runs(tmp_path, {("resnet", 2, 8, 0): 0.5}, background="white")
    files += write_runs(tmp_path, {("resnet", 2, 8, 0): 0.6}, identities="1")
    runs = read_runs(files)
    assert len(summarise(runs)) == 7 and len(usual(summarise(runs))) == 5
    assert len(gains(runs)) == 4
    write_tables(runs, table_files(tmp_path))
    text = (tmp_path / "table1.md").read_text()
    assert "| ResNet | demo | on white | 2 | 8 | 2 + 8 | 50.0 | – | 50.0 | 25.0 | 1 |" in text
    assert "| ResNet | ✓ | ✓ | 80.0 ± 14.1 |" in text
    plots.plot_variants(summarise(runs), tmp_path / "variants.svg")
    drawn = (tmp_path / "variants.svg").read_text()
    assert "2 + 8: of 1 people" in drawn and "2 + 8: as usual" in drawn
    assert "1 + 0" not in drawn


def test_the_table_says_how_small_the_models_are(tmp_path):
    runs = read_runs(write_runs(tmp_path, ACCURACIES))
    write_tables(runs, table_files(tmp_path))
    text = (tmp_path / "table1.md").read_text()
    assert "| ResNet | ✓ | ✓ | 80.0 ± 14.1 |" in text
    assert "not comparable with the paper's" in text and "30 test videos" in text
    assert "| ResNet | demo |  | 2 | 8 | +30.0 | 30.0 to 30.0 | – | 2 |" in text
    assert len(pd.read_csv(tmp_path / "table1.csv")) == 5
    assert len(pd.read_csv(tmp_path / "gains.csv")) == 2
    runs["settings"] = [{"width": 64}] * len(runs)
    assert not any("not comparable" in note for note in notes(summarise(runs), runs))


def test_latex_says_what_markdown_says(tmp_path):
    runs = read_runs(write_runs(tmp_path, ACCURACIES, dataset="my_set"))
    write_tables(runs, table_files(tmp_path))
    lines = (tmp_path / "table1.tex").read_text().splitlines()
    assert lines[1] == r"\begin{tabular}{lccr}" and lines[-1] == r"\end{tabular}"
    assert r"Model & Original & Synthetic & my\_set \\" in lines
    assert r"ResNet & \checkmark & \checkmark & 80.0 $\pm$ 14.1 \\" in lines
    told = "".join(lines)
    assert told.isascii() and len(re.findall(r"\\\\", told)) == 6


def test_a_class_that_is_only_guessed_is_called_out(tmp_path):
    files = write_runs(tmp_path, {("resnet", 1, 0, 0): 0.3, ("resnet", 1, 8, 0): 0.9})
    metrics = read_json(files[0])
    metrics["confusion"] = [[10, 0, 0], [9, 1, 0], [10, 0, 0]]  # nearly all "hand_waving"
    metrics["per_class"] = dict(zip(LABELS, (1.0, 0.1, None), strict=True))
    write_json(files[0], metrics)
    runs = read_runs(files)
    assert over_predicted(runs).empty, "2.9 times as often as it occurs"
    metrics["confusion"] = [[10, 0, 0], [10, 0, 0], [10, 0, 0]]
    write_json(files[0], metrics)
    runs = read_runs(files)
    found = over_predicted(runs)
    assert found.label.tolist() == ["hand_waving"] and found.n_synthetic.tolist() == [0]
    assert found.right[0] == pytest.approx(1 / 3) and found.said[0] == 1
    write_tables(runs, table_files(tmp_path))
    told = "100 % of the test videos are classified as hand_waving, 33 % are; 33 % of these"
    assert told in (tmp_path / "table1.md").read_text()
    scores = per_class(runs)
    assert scores[scores.n_synthetic == 0].accuracy.tolist()[:2] == [1.0, 0.1]
    assert math.isnan(scores.accuracy[2])


def test_accuracy_is_told_by_camera(tmp_path):
    files = write_runs(tmp_path, ACCURACIES)
    for number, path in enumerate(files):
        write_json(path, {**read_json(path), "per_camera": {"0": 0.5, "90": number / 10}})
    write_tables(read_runs(files), table_files(tmp_path))
    text = (tmp_path / "table1.md").read_text()
    assert "| camera 0 | camera 90 |" in text
    assert "| ResNet | demo | 2 | 8 | 50.0 | 35.0 |" in text, "the mean over seeds"


def test_no_run_is_one_line():
    with pytest.raises(UserError, match="no finished run"):
        read_runs([])


def test_figures_are_drawn_the_same_twice(tmp_path):
    runs = read_runs(write_runs(tmp_path, ACCURACIES, dataset="ntu"))
    for draw, data in (
        (plots.plot_accuracy, [summarise(runs)]),
        (plots.plot_variants, [summarise(runs)]),
        (plots.plot_per_class, [runs]),
        (plots.plot_confusion, [runs]),
        (plots.plot_curves, [runs, read_curves(runs)]),
    ):
        draw(*data, tmp_path / "first.svg")
        draw(*data, tmp_path / "second.svg")
        text = (tmp_path / "first.svg").read_text()
        assert text == (tmp_path / "second.svg").read_text() and "ResNet · ntu" in text


def test_the_papers_points_and_chance_are_drawn(tmp_path):
    summary = summarise(read_runs(write_runs(tmp_path, ACCURACIES, dataset="ntu")))
    plots.plot_accuracy(summary, tmp_path / "accuracy.svg")
    text = (tmp_path / "accuracy.svg").read_text()
    assert "1: the paper" in text and "2: the paper" not in text and "chance" in text
