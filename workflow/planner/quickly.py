"""What Snakemake does once a job while it plans, done once a rule or a file. Made for the version
that requirements.lock pins."""

import inspect
import io
from collections.abc import Callable
from typing import Any

from snakemake.common import overwrite_function_params


def plan_quickly(workflow: Any) -> None:
    """Reads a rule's script, and sees what a function takes, once a rule."""
    for rule in workflow.rules:
        for function in (*rule.input, *rule.params):
            if callable(function):
                overwrite_function_params(function, inspect.signature(function).parameters)
    sources = workflow.sourcecache
    opened = sources.open
    text = _once_a_file(lambda file: opened(file).read())
    sources.open = lambda file, mode="r": (
        io.StringIO(text(file)) if mode == "r" else opened(file, mode)
    )
    sources.exists = _once_a_file(sources.exists)
    sources.get_path = _once_a_file(sources.get_path)


def start_without_limit(workflow: Any) -> None:
    """Snakemake starts at most 100 jobs a second unless told another number, and for that each job
    that has ended wakes the scheduler once a second from then on."""
    workflow.scheduler.job_rate_limiter = None


def _once_a_file(method: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A method of Snakemake's cache of sources that remembers its answer for each file."""
    known: dict[str, Any] = {}

    def answer(file: Any) -> Any:
        path = file.get_path_or_uri(secret_free=True)
        if path not in known:
            known[path] = method(file)
        return known[path]

    return answer
