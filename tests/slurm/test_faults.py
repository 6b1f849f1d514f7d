"""Faults on a real SLURM: finished files are whole and made only once, the rest is made next."""

import pytest

from tests.slurm.faults import SCENARIOS, harm, lose_a_training
from tests.slurm.slurm_tools import SlurmRun

LOSE_JOBS, LOSE_A_TRAINING, LOSE_SNAKEMAKE, INTERRUPT = SCENARIOS
INTERVAL = 1  # second between two checkpoints


def on(scenario):
    """Run a test on a cluster set up as the scenario needs it."""
    known = "with_accounting" if scenario.accounting else "without_accounting"
    return pytest.mark.parametrize("accounting", [scenario.accounting], ids=[known])


def assert_unharmed(run: SlurmRun) -> None:
    cost = harm(run)
    assert cost.lost == ()
    assert cost.twice == ()
    assert run.most_at_once() == 1, "no two jobs on one GPU"


@on(LOSE_JOBS)
def test_end_to_end_through_a_cancelled_job_a_lost_node_and_a_bad_video(checkout, cluster):
    run = LOSE_JOBS.prepared(checkout, cluster)
    LOSE_JOBS.inject(run)
    assert_unharmed(run)
    assert (checkout.results / "report.html").exists()
    assert run.finished()


@on(LOSE_A_TRAINING)
def test_end_to_end_through_a_killed_training_and_its_time_limit(checkout, cluster):
    run = LOSE_A_TRAINING.prepared(checkout, cluster, iterations=300, interval=INTERVAL)
    lost = lose_a_training(run, after=INTERVAL / 2)
    assert lost <= INTERVAL + 3, "a step and the writing of the state come on top"
    assert_unharmed(run)
    assert run.finished()


@on(LOSE_SNAKEMAKE)
def test_coming_back_after_snakemake_or_its_allocation_was_killed(checkout, cluster):
    run = LOSE_SNAKEMAKE.prepared(checkout, cluster)
    LOSE_SNAKEMAKE.inject(run)
    assert_unharmed(run)


@on(INTERRUPT)
def test_coming_back_after_an_interrupt(checkout, cluster):
    run = INTERRUPT.prepared(checkout, cluster)
    INTERRUPT.inject(run)
    assert_unharmed(run)
