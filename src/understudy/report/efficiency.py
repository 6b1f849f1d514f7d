"""What jobs requested from the cluster against what they used: from profile and benchmarks."""

import math
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from understudy.errors import UserError
from understudy.report.benchmarks import RuleCost

# "4000", "4000 * attempt", "min(4000 * attempt, 9000)"
FIRST_ATTEMPT = re.compile(r"\s*(?:min\()?\s*(\d+)\s*(?:\*\s*attempt\s*)?(?:,\s*(\d+)\s*\))?\s*$")
MARGIN = 1.5  # of a suggested request over what the largest job used
MEMORY_STEP_MB, LEAST_MIN = 100, 2


@dataclass(frozen=True)
class Request:
    """What a rule's job requests on its first attempt; None: the profile does not say."""

    threads: int
    mem_mb: float | None
    runtime_min: float | None


@dataclass(frozen=True)
class Efficiency:
    """The shares that a rule's jobs used of what they requested: 1 is all of it.

    memory, time: of the job that used most. processors: of all jobs together.
    """

    rule: str
    jobs: int
    request: Request
    memory: float | None
    time: float | None
    processors: float | None


def read_requests(profile: Path, rules: list[str]) -> dict[str, Request]:
    """What a Snakemake profile (config.yaml) requests for each rule."""
    try:
        told = yaml.safe_load(Path(profile).read_text(encoding="utf-8")) or {}
        parts = ("default-resources", "set-resources", "set-threads")
        default, own, threads = (dict(told.get(part) or {}) for part in parts)
        own = {rule: dict(asked or {}) for rule, asked in own.items()}
    except (OSError, ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{profile}: cannot be read as a profile ({reason})") from error
    requests = {}
    for rule in rules:
        asked = {**default, **own.get(rule, {})}
        requests[rule] = Request(
            threads=threads.get(rule, 1),
            mem_mb=_first_attempt(asked.get("mem_mb")),
            runtime_min=_first_attempt(asked.get("runtime")),
        )
    return requests


def efficiency(costs: list[RuleCost], requests: dict[str, Request]) -> list[Efficiency]:
    """For each rule that was measured, in the order of `costs`."""
    return [_of(cost, requests[cost.rule]) for cost in costs if cost.rule in requests]


def suggested(one: Efficiency) -> dict[str, int]:
    """Requests that the rule's largest job would use two thirds of: mem_mb and runtime (minutes),
    as far as they were measured and the profile names them."""
    found = {}
    if one.memory is not None and one.request.mem_mb is not None:
        used = one.memory * one.request.mem_mb
        found["mem_mb"] = math.ceil(MARGIN * used / MEMORY_STEP_MB) * MEMORY_STEP_MB
    if one.time is not None and one.request.runtime_min is not None:
        used = one.time * one.request.runtime_min
        found["runtime"] = max(LEAST_MIN, math.ceil(MARGIN * used))
    return found


def _of(cost: RuleCost, request: Request) -> Efficiency:
    return Efficiency(
        rule=cost.rule,
        jobs=cost.jobs,
        request=request,
        memory=_share(cost.peak_mb, request.mem_mb),
        time=_share(cost.longest_s / 60, request.runtime_min),
        processors=_share(cost.cpu_s, cost.total_s * request.threads),
    )


def _share(used: float | None, asked: float | None) -> float | None:
    return used / asked if used is not None and asked else None


def _first_attempt(value: object) -> float | None:
    match = FIRST_ATTEMPT.match(str(value))
    return min(float(number) for number in match.groups() if number) if match else None
