"""Which tries ran out of memory, by the logs that they left."""

import os

import pytest

from understudy.cluster.retries import tries_without_memory

CANCELLED = "slurmstepd-n1: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 {} ***\n"
KILLED = "CalledProcessError: Command '…' died with <Signals.SIGKILL: 9>.\n"
MEMORY = {
    "cgroup": "slurmstepd: error: Detected 1 oom_kill event in StepId=7.0. Some of the step tasks "
    "have been OOM Killed.\n",
    "older cgroup": "slurmstepd: error: Detected 1 oom-kill event(s) in StepId=7.batch cgroup.\n",
    "sampled": "slurmstepd: error: Step 7.0 exceeded memory limit (800 > 600), being killed\n"
    + CANCELLED.format(""),
    "srun": "srun: error: n1: task 0: Out Of Memory\n",
    "Python": "Traceback (most recent call last):\nMemoryError\n",
    "NumPy": "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 8 GiB\n",
    "torch": "RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory: 9 bytes\n",
    "killed without a word": KILLED,
}
OTHER = {
    "a GPU's": "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB\n",
    "time limit": CANCELLED.format("DUE TO TIME LIMIT") + KILLED,
    "preempted": CANCELLED.format("DUE TO PREEMPTION"),
    "cancelled": CANCELLED.format("") + KILLED,
    "bad video": "error: wave.mp4: no person is seen\n",
    "nothing": "",
}


def tries(folder, *texts: str) -> int:
    """Logs of a job with an id and a slash among its wildcards; one of another job beside them."""
    own = folder / "rule_train_recogniser/resnet_a_b_7"
    for number, text in enumerate(texts):
        own.mkdir(parents=True, exist_ok=True)
        (own / f"{number}.log").write_text(text)
    other = folder / "rule_train_recogniser/resnet_a_b_8"
    other.mkdir(parents=True, exist_ok=True)
    (other / "9.log").write_text("MemoryError\n")
    return tries_without_memory(folder, "train_recogniser", ["resnet", "a/b", "7"], 0.0)


@pytest.mark.parametrize("text", MEMORY.values(), ids=MEMORY)
def test_memory_ran_out(tmp_path, text):
    assert tries(tmp_path, f"Building DAG of jobs...\n{text}", OTHER["preempted"]) == 1


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_it_was_something_else(tmp_path, text):
    assert tries(tmp_path, text) == 0


def test_a_job_without_tries_and_tries_of_an_earlier_run_count_for_nothing(tmp_path):
    assert tries(tmp_path) == 0
    assert tries(tmp_path, "MemoryError\n", "MemoryError\n") == 2
    os.utime(tmp_path / "rule_train_recogniser/resnet_a_b_7/0.log", (5, 5))
    wildcards = ["resnet", "a/b", "7"]
    assert tries_without_memory(tmp_path, "train_recogniser", wildcards, since=10) == 1
