"""What jobs requested from the cluster against what they used: from profile and benchmarks."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from understudy.report.benchmarks import RuleCost

FIRST_ATTEMPT = re.compile(r"\s*(\d+)\s*(\*\s*attempt\s*)?$")  # "4000", "4000 * attempt"


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
    told = yaml.safe_load(Path(profile).read_text(encoding="utf-8"))
    default = told.get("default-resources", {})
    own, threads = told.get("set-resources", {}), told.get("set-threads", {})
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
    return float(match[1]) if match else None
