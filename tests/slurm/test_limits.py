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
    # A busy machine may preempt a job once more than was meant, and such a try counts for nothing.
    asked = asked_by(told, "r0000")
    assert asked == sorted(asked) and set(asked) == {ASKED_MB, 2 * ASKED_MB}, "its memory ran out"
    others = {
        "r0001": "it was preempted, and submitted again",
        "r0002": "SLURM itself ran it again",
        "r0003": "three tries, and one with room on the disk",
        "r0004": "nothing happened to it",
    }
    for id_, why in others.items():
        assert set(asked_by(told, id_)) == {ASKED_MB}, why
    tries = Counter(told.jobs.values())
    assert tries["r0001"] >= 2 and tries["r0003"] >= 4
    assert "r0003/keypoints.npz: the disk quota is used up; free some of it and rerun" in told.said
    assert "Traceback" not in told.said
    assert (cost.lost, cost.twice) == ((), ())
    assert sum(path.endswith("keypoints.npz") for path in run.times_made()) == len(JOBS)
