"""The study's tables and plan, and what its bench reads of the results."""

import pandas as pd
import pytest
import yaml
from report_run import table_files, write_runs

from tests.bench import study_folds, study_run
from tests.bench.figures import ROOT
from tests.bench.study import study_figures
from tests.bench.study_tables import (
    BACKGROUNDS,
    FOLDER,
    TEST_ROOMS,
    TRAINED,
    TRAINING_ROOMS,
    tables,
)
from understudy.demo.people import PEOPLE
from understudy.demo.rooms import ROOMS
from understudy.plan.planned import read_plan
from understudy.recognition.tables import write_tables
from understudy.recognition.tabulate import read_runs


@pytest.fixture(scope="module")
def plan():
    config = yaml.safe_load((ROOT / "config/study.yaml").read_text())
    return read_plan(config, ROOT / "workflow/schemas")


@pytest.mark.parametrize("name", ["identities", "references", "backgrounds", "real"])
def test_the_tables_are_as_their_program_writes_them(name):
    assert (FOLDER / f"{name}.tsv").read_text() == tables()[name]


def test_who_is_tested_is_nowhere_else(plan):
    rows = plan.tables.real.values()
    of_test = [row for row in rows if row["split"] == "test"]
    of_train = [row for row in rows if row["split"] == "train"]
    new = {row["video"].split("/")[-1].split(".")[0] for row in plan.tables.identities.values()}
    groups = [{row["subject"] for row in of_train}, {row["subject"] for row in of_test}, new]
    assert set.union(*groups) == set(PEOPLE) and sum(map(len, groups)) == len(PEOPLE)
    rooms = [{row["video"].split(".")[2] for row in split} for split in (of_train, of_test)]
    assert rooms == [set(TRAINING_ROOMS), set(TEST_ROOMS)]
    assert not set(BACKGROUNDS) & rooms[1] and set(BACKGROUNDS) | rooms[1] == set(ROOMS)


def test_references_are_training_videos(plan):
    trained = {row["video"] for row in plan.tables.real.values() if row["split"] == "train"}
    assert {row["video"] for row in plan.tables.references.values()} < trained


def test_every_performance_is_its_own(plan):
    styles = [row["video"].split(".")[3] for row in plan.tables.real.values()]
    assert len(styles) == len(set(styles)) == 384


def test_the_plan_has_what_the_bench_reads(plan):
    assert len(plan.config["experiments"]["seeds"]) >= 3
    points = {(run.point.n_real, run.point.n_synthetic) for run in plan.runs}
    assert {(n, 0) for n in (1, 5, 12)} | {(1, 12), (5, 24), (12, 24)} <= points
    assert any(run.point.n_synthetic == 12 and run.point.selection != "random" for run in plan.runs)


@pytest.mark.parametrize("left_out", TRAINED)
def test_a_fold_tests_one_training_person_and_trains_on_the_others(plan, tmp_path, left_out):
    for name, text in study_folds.fold_tables(left_out).items():
        (tmp_path / f"{name}.tsv").write_text(text)
    fold = read_plan(study_folds.fold_config(left_out, tmp_path), ROOT / "workflow/schemas")
    of_test = {row["subject"] for row in fold.tables.real.values() if row["split"] == "test"}
    of_train = {row["subject"] for row in fold.tables.real.values() if row["split"] == "train"}
    others = set(TRAINED) - {left_out}
    assert (of_test, of_train) == ({left_out}, others)
    assert {row["subject"] for row in fold.tables.references.values()} == others
    tested_on = {row["video"] for row in plan.tables.real.values() if row["split"] == "test"}
    assert not tested_on & {row["video"] for row in fold.tables.real.values()}
    assert set(fold.synthetic) < set(plan.synthetic)  # made for the study as well
    steps = {model["steps"] for model in fold.config["experiments"]["models"].values()}
    assert len(steps) == 1
    alone = [run for run in fold.runs if not run.point.n_synthetic]
    assert {run.model for run in alone} == {"mix"} and len(alone) == len(study_folds.N_REAL)


def test_without_a_study_nothing_is_measured(tmp_path):
    figures = study_figures(tmp_path)
    assert {figure.value for figure in figures} == {None}
    assert not any(figure.passed for figure in figures)


def test_the_bench_reads_what_a_study_leaves(tmp_path):
    accuracies = {
        ("resnet", n_real, n_synthetic, seed): 0.1 * (seed == 2) + 0.02 * n_real + gain
        for n_real, gains in (
            (1, {0: 0.1, 12: 0.2, 24: 0.3}),
            (5, {0: 0.1, 12: 0.7, 24: 0.4}),
            (12, {0: 0.5, 24: 0.43}),
        )
        for n_synthetic, gain in gains.items()
        for seed in (0, 1, 2)
    }
    runs = tmp_path / "runs"
    experiments = tmp_path / "results/experiments/study"
    half = {("resnet", 5, 12, seed): 0.1 * (seed == 2) + 0.47 for seed in (0, 1, 2)}
    files = write_runs(runs, accuracies) + write_runs(runs, half, selection="quality")
    write_tables(read_runs(files), table_files(experiments))
    for name in study_run.KEPT:
        (experiments / name).touch()
    calls = (
        *("began\tseconds\tcpu_seconds", "2026-11-30T10:00:00+00:00\t3600.0\t6120.0"),
        "2026-11-30T12:00:00+00:00\t1800.0\t2880.0",
    )
    (tmp_path / "results/calls.tsv").write_text("\n".join(calls) + "\n")
    note = study_run.collect(2, tmp_path / "results", tmp_path / "docs")
    assert (note["hours"], note["cpu_hours"], note["calls"]) == (1.5, 2.5, 2)
    assert note["seeds"] == [0, 1, 2, 3, 4]
    values = {figure.figure: figure.value for figure in study_figures(tmp_path / "docs")}
    assert values == pytest.approx(
        {
            **{"oneshot_accuracy": 100 * (0.1 / 3 + 0.22), "oneshot_gain": 10},
            **{"fewshot_accuracy": 100 * (0.1 / 3 + 0.5), "fewshot_gain": 30},
            **{"baseline_accuracy": 100 * (0.1 / 3 + 0.67), "baseline_gain": -7},
            **{"oneshot_gain_low": 10, "fewshot_gain_low": 30, "baseline_gain_low": -7},
            "worst_class_loss": 7,
            "half_keeps": 90,
            "study_hours": 1.5,
            "study_cpu_hours": 2.5,
        },
        abs=0.01,
    )
    assert len(pd.read_csv(tmp_path / "docs/table1.csv")) == 9
