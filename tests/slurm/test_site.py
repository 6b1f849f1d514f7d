"""`understudy profile` on real clusters of several shapes: what it writes, SLURM takes."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml
from snakemake_executor_plugin_slurm.partitions import get_best_partition, read_partition_file

from tests.slurm.shapes import MOST, SHAPES, site
from tests.slurm.slurm_cluster import ACCOUNT
from tests.slurm.test_profile import QUIET
from tests.unit.test_cluster_profile import asked
from tests.workflow.workflow_tools import copy_repository


@pytest.fixture(params=SHAPES)
def cluster_site(slurm_packages, request):
    with (
        tempfile.TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True) as folder,
        site(Path(folder), request.param) as started,
    ):
        yield started


def test_slurm_takes_what_the_profile_asks(cluster_site, tmp_path, monkeypatch):
    home = copy_repository(tmp_path / "home")
    written = subprocess.run(
        [sys.executable, "-m", "understudy", "profile"],
        cwd=home,
        env={**cluster_site.environment, "PYTHONPATH": str(home / "src")},
        text=True,
        capture_output=True,
    )
    assert written.returncode == 0, written.stderr
    folder = home / "profiles/test"
    config = yaml.safe_load((folder / "config.yaml").read_text())
    assert config["jobs"] == (MOST - 1 if cluster_site.accounting else 500)
    assert config["default-resources"].get("slurm_account") == (
        ACCOUNT if cluster_site.accounting else None
    )
    monkeypatch.chdir(home)
    partitions = read_partition_file(Path(config["slurm-partition-config"]))
    assert [one.name for one in partitions] == list(cluster_site.partitions)
    for rule in ("train_avatar", "train_recogniser"):
        job = asked(config, rule, config["retries"] + 1, cuda=True)
        cluster_site.ask(
            *("sbatch", "--test-only", f"--partition={get_best_partition(partitions, job, QUIET)}"),
            *(f"--mem={job.resources.mem_mb}", f"--time={job.resources.runtime}", "--gpus=1"),
            f"--cpus-per-task={job.threads}",
            *([f"--account={ACCOUNT}"] if cluster_site.accounting else []),
            "--wrap=true",
        )
    cluster_site.ask("sbatch", "--test-only", str(folder / "driver.sh"))
