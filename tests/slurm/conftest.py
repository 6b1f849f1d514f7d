"""Clusters, and a checkout that runs on one; all skipped if no SLURM is available."""

import tempfile
from pathlib import Path

import pytest

from tests.slurm import slurm_cluster
from tests.slurm.slurm_cluster import Cluster


@pytest.fixture(scope="session")
def slurm_packages():
    """Debian's packages of SLURM, or the reason why there are none."""
    reason = slurm_cluster.unavailable()
    if reason:
        pytest.skip(f"no SLURM here: {reason}")


@pytest.fixture(params=[False, True], ids=["without_accounting", "with_accounting"])
def accounting(request):
    return request.param


@pytest.fixture
def cluster(slurm_packages, accounting):
    """Two nodes with a GPU each; in a folder with a short name, since sockets lie in it."""
    with (
        tempfile.TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True) as folder,
        slurm_cluster.running(Cluster(Path(folder), accounting)) as started,
    ):
        yield started


@pytest.fixture
def checkout(finished, tmp_path):
    """A copy of the finished checkout."""
    return finished.cloned(tmp_path / "checkout", keep_times=True)
