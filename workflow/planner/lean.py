"""What Snakemake holds of each file and looks up for each job of a plan, held and looked up once or
not at all: a plan of 100,000 videos takes a third less time and memory. Made for the version that
requirements.lock pins; `tests/unit/test_architecture.py` says when names of it have changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from snakemake.dag import DAG, ScriptProcessor
from snakemake.io import _IOFile
from snakemake.iocontainers import AttributeGuard, Namedlist
from snakemake.jobs import Job
from snakemake.settings.types import DeploymentMethod

NO_FLAGS: Mapping[str, Any] = MappingProxyType({})  # whoever sets one by mistake is told
RESERVED = ("index", "sort")  # names of attributes of every list
NO_FILES: frozenset[str] = frozenset()
OFTEN_EMPTY = (  # sets of a job
    *("temp_output", "protected_output", "touch_output", "pipe_or_service_output"),
    "_queue_input",
)


def plan_leanly(workflow: Any) -> None:
    """Of files: no dictionary of flags for those that have none. Of lists: the names that they
    reserve once. Of jobs: no sets without elements, no logs and parameters before they are due
    (parameters only conda's environments and a script's name with wildcards in it would need), and
    what each gives to another one in a list. Of rules: that no output is in another one, only where
    one is a folder."""
    _IOFile.clone_flags = _clone_flags
    _IOFile.flags = property(_flags)
    _IOFile.is_storage = property(lambda file: bool(_flags(file).get("storage_object")))
    Namedlist._allowed_overrides = property(lambda files: RESERVED, lambda files, same: None)
    AttributeGuard.__new__ = _one_of_a_name
    Job.__init__ = _begin_job
    DAG.__init__ = _begin_dag
    DAG.cache_job = _cache_job
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


def _one_of_a_name(cls: type, name: str | None = None) -> AttributeGuard:
    """Every list of files has two, all alike. One that is copied is made without a name."""
    guard: AttributeGuard = object.__new__(cls)
    return _guards.setdefault(name, guard) if name else guard


_begin_full_job = Job.__init__


def _begin_job(job: Job, *given: Any, **named: Any) -> None:
    _begin_full_job(job, *given, **named)
    for name in OFTEN_EMPTY:
        if not getattr(job, name):
            setattr(job, name, NO_FILES)


class Files(list):
    """A set of one or two files, in less than half of a set's memory."""

    __slots__ = ()

    def add(self, file: str) -> None:
        if file not in self:
            self.append(file)

    def update(self, files: Iterable[str]) -> None:
        for file in files:
            self.add(file)


_begin_full_dag = DAG.__init__


def _begin_dag(dag: DAG, *given: Any, **named: Any) -> None:
    _begin_full_dag(dag, *given, **named)
    for files_between in (dag._dependencies, dag.depending):
        files_between.default_factory = partial(defaultdict, Files)


def _cache_job(dag: DAG, job: Job) -> None:
    """By its outputs alone: logs and benchmarks, which are as many, are asked of no job."""
    for file in job.output:
        dag.job_cache[job.rule, file] = job


_look_for_script = ScriptProcessor.process_job
_looked_for: set[tuple[type, str]] = set()


def _once_a_rule(processor: ScriptProcessor, job: Job) -> None:
    """No script's name depends on a job."""
    key = type(processor), job.rule.name
    if key not in _looked_for:
        _looked_for.add(key)
        _look_for_script(processor, job)
