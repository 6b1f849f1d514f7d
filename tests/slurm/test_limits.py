"""Limits, memory, preemption, a quota and a closed home on a real SLURM: nothing is lost, made
twice or asked to have more memory than it needs."""

import tempfile
from collections import Counter
from pathlib import Path

from tests.slurm.faults import harm
from tests.slurm.limits import ASKED_MB, JOBS, asked_by, limited, live_through, prepared


def test_what_clusters_do_from_day_to_day(slurm_packages, tmp_path):
    with (
        tempfile.TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True) as folder,
        limited(Path(folder)) as cluster,
    ):
        run = prepared(tmp_path / "checkout", cluster)
        told = live_through(run)
        cost = harm(run)
    assert told.limit.startswith("AssocMaxSubmitJobLimit, since 20")
    assert asked_by(told, "r0000") == [ASKED_MB, 2 * ASKED_MB], "its memory had run out"
    assert asked_by(told, "r0001") == [ASKED_MB] * 2, "it was preempted, and submitted again"
    assert asked_by(told, "r0002") == [ASKED_MB], "SLURM itself ran it again"
    assert asked_by(told, "r0003") == [ASKED_MB] * 4, "three tries, and one with room on the disk"
    assert asked_by(told, "r0004") == [ASKED_MB]
    assert Counter(told.jobs.values()) == Counter(
        {"r0000": 2, "r0001": 2, "r0002": 1, "r0003": 4, "r0004": 1}
    ), "no submission that was refused counts as a try"
    assert "r0003/keypoints.npz: the disk quota is used up; free some of it and rerun" in told.said
    assert "Traceback" not in told.said
    assert (cost.lost, cost.twice) == ((), ())
    assert sum(path.endswith("keypoints.npz") for path in run.times_made()) == len(JOBS)
