"""The shipped profile: every rule of the queue is named in it, and goes to the right partition."""

from types import SimpleNamespace

import pytest
import yaml
from snakemake_executor_plugin_slurm.partitions import get_best_partition, read_partition_file

from tests.slurm.slurm_tools import SUBMITTED, WITHOUT_GPU, local_rules
from tests.workflow.workflow_tools import REPOSITORY, edited, rules_of

FOLDER = REPOSITORY / "profiles/slurm"
PROFILE = yaml.safe_load((FOLDER / "config.yaml").read_text())
QUIET = SimpleNamespace(debug=print, info=print, warning=print)


def asked(rule: str, attempt: int) -> dict[str, int]:
    """Memory and minutes of a rule at an attempt."""
    found = {**PROFILE["default-resources"], **PROFILE["set-resources"].get(rule, {})}
    return {name: eval(found[name], {"attempt": attempt}) for name in ("mem_mb", "runtime")}


def job(rule: str, attempt: int, gpus: int) -> SimpleNamespace:
    resources = SimpleNamespace(**asked(rule, attempt), gpu=gpus)
    resources.get = lambda name, default=None: getattr(resources, name, default)
    return SimpleNamespace(name=rule, threads=PROFILE["set-threads"][rule], resources=resources)


def test_the_profile_names_the_rules_that_are_submitted_and_no_others(fresh):
    settings = fresh.settings
    by_embedding = {"n_real": 1, "n_synthetic": 1, "selection": "hardness"}
    settings["experiments"]["grid"].append(by_embedding)
    with edited(fresh.folder / fresh.config, yaml.safe_dump(settings)):
        submitted = rules_of(fresh.would_run()) - local_rules()
    assert submitted == {*SUBMITTED, *WITHOUT_GPU}
    assert set(PROFILE["set-resources"]) == set(PROFILE["set-threads"]) == submitted


@pytest.mark.parametrize("rule", [*SUBMITTED, *WITHOUT_GPU])
def test_a_retry_asks_for_more(rule):
    first, second = asked(rule, 1), asked(rule, 2)
    assert second["mem_mb"] > first["mem_mb"]
    assert second["runtime"] > first["runtime"]


@pytest.mark.parametrize("attempt", range(1, PROFILE["retries"] + 2))
@pytest.mark.parametrize("rule", SUBMITTED)
@pytest.mark.parametrize(("gpus", "partition"), [(0, "cpu"), (1, "gpu")])
def test_only_jobs_with_a_gpu_go_to_the_gpu_partition(rule, attempt, gpus, partition):
    partitions = read_partition_file(FOLDER / "partitions.yaml")
    assert get_best_partition(partitions, job(rule, attempt, gpus), QUIET) == partition
