"""What of a working directory is left in the queue (by a stand-in squeue) and on this machine."""

import subprocess
import sys
import time

import pytest

from understudy.cluster import queue
from understudy.cluster.processes import scripts, snakemakes
from understudy.errors import UserError


@pytest.fixture
def squeue(tmp_path, monkeypatch):
    """A function that puts a squeue with a given answer on the path."""

    def put(text: str, code: int = 0) -> None:
        program = tmp_path / "squeue"
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {code}\n")
        program.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return put


def test_only_this_folders_jobs_are_found(squeue, tmp_path):
    here, other = tmp_path / "here", tmp_path / "other"
    squeue(
        "\n".join(
            [
                f"1|RUNNING|understudy_1f|rule_train_avatar_wildcards_anna|{here}",
                f"2|PENDING|understudy_1f|rule_animate_avatar_wildcards_a_b|{here}",
                f"3|RUNNING|understudy_2e|rule_train_avatar_wildcards_bert|{other}",
                f"4|RUNNING|something|own work|{here}",
            ]
        )
    )
    assert queue.queued_jobs(here) == [
        queue.QueuedJob("1", "RUNNING", "rule_train_avatar_wildcards_anna"),
        queue.QueuedJob("2", "PENDING", "rule_animate_avatar_wildcards_a_b"),
    ]


def test_a_driver_counts_unless_it_waits_or_is_this_one(squeue, tmp_path, monkeypatch):
    monkeypatch.setattr(queue, "OWN_JOB", "7")
    states = {"5": "COMPLETING", "6": "PENDING", "7": "RUNNING"}
    squeue("\n".join(f"{i}|{s}|understudy-driver|(null)|{tmp_path}" for i, s in states.items()))
    assert [job.id for job in queue.queued_jobs(tmp_path)] == ["5"]


def test_a_run_is_refused_while_an_older_one_has_jobs(squeue, tmp_path):
    squeue(f"1|RUNNING|understudy_1f|rule_train_avatar_wildcards_anna|{tmp_path}")
    with pytest.raises(
        UserError, match=r"1 jobs of an earlier run .* \(1\).*understudy queue wait"
    ):
        queue.refuse_while_queued(tmp_path)


def test_a_cluster_that_does_not_answer_is_told_apart(squeue, tmp_path):
    squeue("no controller", code=1)
    with pytest.raises(queue.NoAnswerError, match="squeue"):
        queue.queued_jobs(tmp_path)


def test_without_slurm_nothing_is_queued(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert queue.queued_jobs(tmp_path) == []


def test_scripts_and_snakemakes_of_a_folder_are_found(tmp_path):
    sleeper = tmp_path / ".snakemake/scripts/tmp1.work.py"
    sleeper.parent.mkdir(parents=True)
    leader = tmp_path / "snakemake"
    for path in (sleeper, leader):
        path.write_text("import time\ntime.sleep(60)\n")
    commands = [[sys.executable, str(sleeper)], [sys.executable, str(leader), "--cores", "1"]]
    started = [subprocess.Popen(command, cwd=tmp_path) for command in commands]
    try:
        end = time.monotonic() + 10
        while time.monotonic() < end and not (scripts(tmp_path) and snakemakes(tmp_path)):
            time.sleep(0.05)
        assert scripts(tmp_path) == [started[0].pid]
        assert snakemakes(tmp_path) == [started[1].pid]
        assert scripts(tmp_path.parent) == []
    finally:
        for process in started:
            process.kill()
            process.wait()
