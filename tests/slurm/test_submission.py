"""The driver's sbatch: what the queue refuses for now is sent again, the same; the rest fails.
Its squeue: a job that preemption cancelled is not waited for."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.workflow.workflow_tools import REPOSITORY
from understudy.cluster.queue import why_refused

WAITS = REPOSITORY / "profiles/slurm/bin"
LIMIT = (
    "sbatch: error: QOSMaxSubmitJobPerUserLimit\n"
    "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy "
    "(job submit limit, user's size and/or time limits)"
)
SLURM = """#!/bin/bash
n=$(cat tries 2>/dev/null || echo 0)
echo $((n + 1)) > tries
if [ "$n" -lt "$REFUSED" ]; then echo "$REASON" >&2; exit 1; fi
echo "$*" > asked; cat > script
echo 17
"""


@pytest.fixture
def folder(tmp_path):
    """A folder to submit from, and a SLURM whose sbatch refuses the first REFUSED tries."""
    (tmp_path / ".snakemake").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sbatch").write_text(SLURM)
    (tmp_path / "bin/sbatch").chmod(0o755)
    return tmp_path


def environment(folder: Path, refused: int, reason: str) -> dict[str, str]:
    path = f"{WAITS}:{folder / 'bin'}:{os.environ['PATH']}"
    own = {"REFUSED": str(refused), "REASON": reason, "UNDERSTUDY_RESUBMIT": "0.1"}
    return {**os.environ, "PATH": path, **own}


def submit(folder: Path, refused: int, reason: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sbatch", "--parsable", "--mem", "8000"],
        cwd=folder,
        env=environment(folder, refused, reason),
        input="#!/bin/sh\ntrue\n",
        text=True,
        capture_output=True,
    )


@pytest.mark.parametrize(
    "reason",
    [
        LIMIT,
        "sbatch: error: AssocMaxSubmitJobLimit",
        "sbatch: error: AssocGrpSubmitJobsLimit",
        "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying.",
        "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation",
        "sbatch: error: Batch job submission failed: Unable to contact slurm controller",
    ],
)
def test_a_full_queue_is_waited_for(folder, reason):
    run = submit(folder, 3, reason)
    assert (run.returncode, run.stdout) == (0, "17\n")
    assert (folder / "tries").read_text() == "4\n"
    assert (folder / "asked").read_text() == "--parsable --mem 8000\n"
    assert (folder / "script").read_text() == "#!/bin/sh\ntrue\n"
    assert why_refused(folder) is None


@pytest.mark.parametrize(
    "reason",
    [
        "sbatch: error: Batch job submission failed: Requested node configuration is not available",
        "sbatch: error: QOSMaxMemoryPerJob",
        "sbatch: error: Batch job submission failed: Invalid account or account/partition",
    ],
)
def test_what_will_never_be_taken_fails_at_once(folder, reason):
    run = submit(folder, 99, reason)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", f"{reason}\n")
    assert (folder / "tries").read_text() == "1\n"


def test_the_limit_is_told_while_it_waits_and_nothing_is_submitted_for_nobody(folder):
    asker = subprocess.Popen(
        ["bash", "-c", "sbatch --parsable; true"],
        cwd=folder,
        env=environment(folder, 99, LIMIT),
        stdin=subprocess.DEVNULL,
    )
    until = time.monotonic() + 20
    while why_refused(folder) is None and time.monotonic() < until:
        time.sleep(0.05)
    assert why_refused(folder).startswith("QOSMaxSubmitJobPerUserLimit, since 20")
    asker.send_signal(signal.SIGKILL)
    asker.wait()
    time.sleep(1)
    tries = (folder / "tries").read_text()
    time.sleep(1)
    assert (folder / "tries").read_text() == tries


def test_a_preempted_job_that_does_not_come_back_is_told_as_cancelled(folder):
    told = "7|PREEMPTED\\n8|RUNNING\\n9|PENDING\\n"
    (folder / "bin/squeue").write_text(f"#!/bin/sh\nprintf '{told}'\n[ $# -eq 0 ] || exit 3\n")
    (folder / "bin/squeue").chmod(0o755)
    run = {"env": environment(folder, 0, ""), "text": True, "capture_output": True}
    told = subprocess.run(["squeue"], **run)
    assert (told.returncode, told.stdout) == (0, "7|CANCELLED\n8|RUNNING\n9|PENDING\n")
    assert subprocess.run(["squeue", "--states=all"], **run).returncode == 3
