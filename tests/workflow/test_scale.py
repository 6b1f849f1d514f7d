"""Before anything runs, at the paper's scale: how many jobs there will be, and what they cost."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.worlds import Shape, write_world
from understudy.forecast.dryrun import jobs_due
from understudy.forecast.estimate import GPU_RULES

ROOT = Path(__file__).resolve().parents[2]
PAPER = Shape(references=80, identities=15)  # 3 backgrounds per pair: 3,600 videos


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("paper")
    write_world(folder, PAPER)
    return folder


def outlook(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "understudy", *arguments, "--configfile", "config.yaml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        text=True,
        capture_output=True,
    )


def test_the_job_counts_of_the_paper(world, monkeypatch):
    monkeypatch.chdir(world)
    due = jobs_due(ROOT / "Snakefile", ["--configfile", "config.yaml"])
    assert due == {
        "build_body": 1,
        "normalise_identity": 15,
        "normalise_reference": 80,
        "extract_keypoints": 95,
        "extract_expression": 95,
        "extract_hands": 95,
        "extract_masks": 15,
        "extract_depth": 15,
        "fit_body": 95,
        "measure_coverage": 15,
        "train_avatar": 15,
        "score_avatar": 15,
        "picture_avatar": 15,
        "animate_avatar": 80 * 15,
        "render_in_room": 3600,
        "find_bystanders": 6,
        "calibrate_background": 6,
        "sheet_background": 6,
        "sheet_identity": 15,
        "sheet_reference": 80,
        "preview_reference": 12,
        "look_at_figures": 80,
        "measure_quality": 80,
        "sheet_worst": 1,
        "check_videos": 80,
        "join_checked": 1,
        "flag_sources": 1,
        "write_dataset": 1,
        "rule_graph": 1,
        "build_gallery": 1,
        "build_report": 1,
    }
    assert sum(count for rule, count in due.items() if rule in GPU_RULES) <= 1400
    assert not (world / "results").exists()


def test_the_plan_tells_jobs_hours_and_what_is_there(world):
    run = outlook(world, "plan")
    assert run.returncode == 0, run.stderr
    rows = {line.split()[0]: line for line in run.stdout.splitlines() if line}
    assert re.search(r"\b1,200 +0 +1,200\b", rows["animate_avatar"])
    assert re.search(r"\b15 +0 +15 +1 h 30 min +22\.5\b.*paper", rows["train_avatar"])
    assert "GPU-hours: at least 22.5." in run.stdout
    picture = (world / "results/plan/rulegraph.svg").read_text()
    assert picture.startswith("<svg") and "1,200 due" in picture


def test_the_state_of_a_run_is_told_in_one_command(world):
    log = world / "results/logs/train_avatar/i0003.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("error: data/identity/i0003.mp4: shows nobody; film again\n")
    run = outlook(world, "status")
    assert run.returncode == 0, run.stderr
    assert re.search(r"^train_avatar +15 +0 +0 +0 +1 +14 +0$", run.stdout, re.MULTILINE)
    assert "data/identity/i0003.mp4: shows nobody; film again" in run.stdout
    assert "results/logs/train_avatar/i0003.log" in run.stdout


def test_the_state_is_told_where_no_cluster_answers(world, monkeypatch, tmp_path):
    squeue = tmp_path / "squeue"
    squeue.write_text("#!/bin/sh\necho 'squeue: error: no configuration source' >&2\nexit 1\n")
    squeue.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    run = outlook(world, "status")
    assert run.returncode == 0
    assert run.stderr.startswith("warning: the queue is left out: squeue: ")
    assert "train_avatar" in run.stdout


def test_a_bad_config_is_told_in_one_line(tmp_path):
    (tmp_path / "config.yaml").write_text("labells: [bow]\n")
    for what in ("plan", "status"):
        run = outlook(tmp_path, what)
        assert run.returncode == 1
        assert run.stderr.startswith("error: config: labells: unknown key, did you mean 'labels'?")
