"""A profile's requests, as each rule needs them."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from snakemake.resources import Resource

from understudy.cluster.retries import tries_without_memory


def ask_by_need(workflow: Any, uses_gpu: Callable[[str], bool]) -> None:
    """No GPU for a rule that uses none, and more memory for a retry only after a try that ran out
    of it."""
    since = time.time()
    for rule in workflow.rules:
        if not uses_gpu(rule.name):
            for name in {"gpu_model", "gres"} & set(rule.resources):
                rule.resources[name] = ""
        for name in ("mem_mb", "mem_mb_per_cpu"):
            asked = rule.resources.get(name)
            if asked is not None and asked.is_evaluable():
                rule.resources[name] = _by_need(workflow, asked, since)


def _by_need(workflow: Any, asked: Resource, since: float) -> Resource:
    """A resource whose `attempt` is 1 + the tries since a time that ran out of memory."""

    def of_a_job(
        wildcards: Any, input: Any, attempt: int, threads: int, rulename: str, async_run: Any
    ) -> Any:
        tries = attempt - 1
        if tries and not workflow.local_exec:
            logs = Path(workflow.executor_settings.logdir or ".snakemake/slurm_logs")
            tries = min(tries, tries_without_memory(logs, rulename, list(wildcards), since))
        return asked.evaluate(
            wildcards,
            input=input,
            attempt=1 + tries,
            threads=threads,
            rulename=rulename,
            async_run=async_run,
        ).value

    return Resource(asked.name, of_a_job, raw=asked.raw)
