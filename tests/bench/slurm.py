"""On a real SLURM on this machine: faults and what they cost, the size of a job, the way to a first
job, requests, and planning.

It takes about half an hour: a finished workflow at the smallest size, four runs with faults and one
with limits, the cost of a job, a first job on four clusters, and the largest plan, next to that of
the checkout that UNDERSTUDY_BEFORE names (with its .venv).

    python -m tests.bench.slurm [size faults profile requests files plan]
"""

import sys
import tempfile
from pathlib import Path

from tests.bench import requests, scale
from tests.bench.figures import ROOT, Figure, renew_figures, write_figures
from tests.bench.job_size import PAPER, planned_jobs, seconds_a_local_job, seconds_a_submission
from tests.slurm import slurm_cluster
from tests.slurm.faults import SCENARIOS, Scenario, harm, lose_a_training
from tests.slurm.limits import KINDS, limited, live_through, prepared
from tests.slurm.shapes import SHAPES, first_job, site
from tests.slurm.slurm_tools import SlurmRun
from tests.workflow.workflow_tools import Checkout, copy_repository

INTERVAL = 60  # s between two checkpoints of an avatar, the config's default
LATE = 0.9  # of the interval: when the training is killed, near the worst moment


def fault_figures(folder: Path) -> list[Figure]:
    """Every kind of fault once, on copies of one finished checkout."""
    finished = Checkout(copy_repository(folder / "finished"))
    run = finished.snakemake()
    if run.returncode:
        raise RuntimeError(run.stdout[-3000:])
    injected, lost, twice, seconds = 0, 0, 0, 0.0
    for scenario in SCENARIOS:
        print(f"{scenario.inject.__name__}: {scenario.inject.__doc__}", flush=True)
        with slurm_cluster.running(
            slurm_cluster.Cluster(folder / f"slurm_{scenario.name}", scenario.accounting)
        ) as up:
            copy = finished.cloned(folder / scenario.name, keep_times=True)
            told = _injected(scenario, copy, up)
        cost = harm(told[0])
        injected, seconds = injected + scenario.kinds, max(seconds, told[1])
        lost, twice = lost + len(cost.lost), twice + len(cost.twice)
    with limited(folder / "slurm_limits") as up:
        run = prepared(folder / "limits", up)
        live_through(run)
        cost = harm(run)
    lost, twice, injected = lost + len(cost.lost), twice + len(cost.twice), injected + KINDS
    kinds = sum(scenario.kinds for scenario in SCENARIOS) + KINDS
    return [
        Figure("faults_injected", injected, f"of {kinds} kinds", 12, False),
        Figure("lost_files", lost, "files", 0, True),
        Figure("files_made_twice", twice, "files", 0, True),
        Figure("work_lost_s", seconds, "s", 120, True),
    ]


def _injected(
    scenario: Scenario, checkout: Checkout, cluster: slurm_cluster.Cluster
) -> tuple[SlurmRun, float]:
    """The run after it finished, and the seconds of work that were lost."""
    if scenario.inject is lose_a_training:
        # So many that a fast machine is not done before the time limit.
        run = scenario.prepared(checkout, cluster, iterations=8000, interval=INTERVAL)
        return run, lose_a_training(run, after=LATE * INTERVAL)
    run = scenario.prepared(checkout, cluster)
    scenario.inject(run)
    return run, 0.0


def size_figures(folder: Path) -> list[Figure]:
    """Submissions of 3,600 outputs, and what Snakemake and SLURM take besides the work."""
    jobs = planned_jobs(folder / "paper")
    with slurm_cluster.running(slurm_cluster.Cluster(folder / "slurm", False)) as cluster:
        submission = seconds_a_submission(cluster, folder / "paper")
    local = seconds_a_local_job(folder / "alone")
    print(f"{jobs}: {submission:.2f} s a submission, {local:.2f} s a local job", flush=True)
    overhead = (jobs["queue"] * submission + jobs["local"] * local) / PAPER.outputs
    return [
        Figure("submissions_3600", jobs["queue"], "submissions", 1400, True),
        Figure("overhead_s_per_output", overhead, "s", 1.2, True),
    ]


def profile_figures(folder: Path) -> list[Figure]:
    """From a clone to a first job on clusters of four shapes."""
    commands, edits = 0, 0
    for shape in SHAPES:
        with site(folder / f"slurm_{shape}", shape) as cluster:
            given, edited = first_job(cluster, folder / shape)
        print(f"{shape}: {given}", flush=True)
        commands, edits = max(commands, len(given)), edits + len(edited)
    return [
        Figure("profile_commands", commands, f"on {len(SHAPES)} clusters", 4, True),
        Figure("profile_hand_edits", edits, "files", 0, True),
    ]


PARTS = {
    "size": size_figures,
    "faults": fault_figures,
    "profile": profile_figures,
    "requests": lambda folder: requests.figures(folder / "requests"),
    "files": lambda folder: [scale.files_of(scale.LARGE, folder / "files", ROOT)],
    "plan": lambda folder: scale.before_ratios(folder, ROOT),
}

if __name__ == "__main__":
    reason = slurm_cluster.unavailable()
    if reason:
        raise SystemExit(f"no SLURM here: {reason}")
    figures = []
    for part in sys.argv[1:] or PARTS:
        with tempfile.TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True) as name:
            figures += PARTS[part](Path(name))
    (renew_figures if sys.argv[1:] else write_figures)("slurm", figures)
