"""Clusters of several shapes, and the way from a clone to a first job on one that is not known."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.standins.checkout import standins
from tests.bench.worlds import Shape
from tests.slurm.slurm_cluster import ACCOUNT, Cluster, running, wait_until
from tests.workflow.workflow_tools import COMPILED

MOST = 20  # jobs in the queue, where there is accounting
SHAPES: dict[str, dict] = {
    "with_accounting_and_a_limit": {"accounting": True},
    "without_accounting": {"accounting": False},
    "untyped_gpus": {"accounting": False, "kind": "", "gpus": 2},
    "one_partition": {"accounting": False, "partitions": ("all",)},
}
SCRIPTS = ("normalise_video", "extract_keypoints")


@contextmanager
def site(folder: Path, shape: str) -> Iterator[Cluster]:
    """A running cluster of a shape; its user has an account and a limit if it keeps accounts."""
    with running(Cluster(folder, **SHAPES[shape])) as started:
        if started.accounting:
            user = started.ask("id", "-un")
            for limit in (f"MaxSubmitJobs={MOST}", f"DefaultAccount={ACCOUNT}"):
                started.ask("sacctmgr", "-iQ", "modify", "user", user, "set", limit)
        yield started


def first_job(cluster: Cluster, folder: Path) -> tuple[list[str], list[str]]:
    """(the commands from a clone to a first job that SLURM has done, the files edited by hand)."""
    commands = ["git clone … && cd understudy", "make install"]  # both stood in for
    home = standins(folder, SCRIPTS, Shape(1, 1)).folder
    (home / ".venv").symlink_to(sys.prefix)
    environment = {
        **cluster.environment,
        "NUMBA_CACHE_DIR": str(home / COMPILED),
        "PYTHONPATH": f"{home / 'src'}:{home / 'workflow/logger'}",
    }
    target = "results/features/reference/r0000/keypoints.npz"
    for command in (
        ".venv/bin/understudy profile",
        f"sbatch profiles/test/driver.sh --configfile config.yaml -- {target}",
    ):
        words = [sys.executable, "-m", *command.split("/")[-1].split()]
        words = command.split() if command.startswith("sbatch") else words
        run = subprocess.run(words, cwd=home, env=environment, text=True, capture_output=True)
        if run.returncode:
            raise RuntimeError(f"{command}: {run.stderr[-2000:]}")
        commands.append(command)
    driver = run.stdout.split()[-1]
    written = {path: path.read_bytes() for path in (home / "profiles/test").iterdir()}
    wait_until("end of the driver", lambda: driver in cluster.queue("completed", "failed"), 400)
    done = cluster.queue("completed").values()
    if not any("extract_keypoints" in comment for comment in done):
        log = (home / "understudy-driver.log").read_text()
        raise RuntimeError(f"no job was done: {log[-3000:]}")
    edited = [str(path) for path, text in written.items() if path.read_bytes() != text]
    return commands, edited
