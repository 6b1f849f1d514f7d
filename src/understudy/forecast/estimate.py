"""What the jobs due will cost: from earlier jobs, else from the paper."""

import contextlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from understudy.plan.job import Expected
from understudy.report.benchmarks import RuleCost, read_benchmarks

# The rules that request a GPU if the config says `device: cuda`.
GPU_RULES = (
    *("extract_keypoints", "extract_masks", "extract_depth"),
    *("train_avatar", "score_avatar", "animate_avatar", "train_recogniser", "embed_clips"),
)
# The paper, appendix 3: frames of an identity video -> hours for its avatar on one RTX 4090.
PAPER_HOURS = {324: 1.5, 360: 1.8, 400: 2.3, 500: 2.5, 1200: 6.0}
PAPER = "paper, appendix 3 (RTX 4090)"


@dataclass(frozen=True)
class Measured:
    """Measurements of a run, by rule: what its jobs took, and the mean bytes of a planned file."""

    costs: dict[str, RuleCost]
    sizes: dict[str, float]


@dataclass(frozen=True)
class RuleEstimate:
    """One rule: files planned and present, jobs due, and what those will cost.

    planned, there: None for rules that make sheets, tables and lists. job_s, cpu_s: wall-clock and
    CPU seconds per job; None: never measured. source: where job_s comes from. bytes: of what the
    jobs due will write; None: there is no such file to go by. queued: its jobs go to a cluster's
    queue, and request a GPU if the config says `device: cuda`.
    """

    rule: str
    planned: int | None
    there: int | None
    due: int
    job_s: float | None
    cpu_s: float | None
    source: str
    bytes: float | None
    queued: bool

    @property
    def gpu_hours(self) -> float | None:
        """0 if no GPU is requested."""
        if not self.queued:
            return 0.0
        return None if self.job_s is None else self.due * self.job_s / 3600

    @property
    def cpu_hours(self) -> float | None:
        return None if self.cpu_s is None else self.due * self.cpu_s / 3600


def gpu_rules(weights: dict[str, dict[str, str]]) -> set[str]:
    """GPU_RULES, and the rules of features that a network reads instead of a fit to keypoints;
    weights: as `Plan.weights`."""
    return {*GPU_RULES, *(f"extract_{feature}" for feature, files in weights.items() if files)}


def estimate(
    due: dict[str, int],
    expected: Iterable[Expected],
    measured: Measured,
    frames: int,
    queued: Collection[str] = GPU_RULES,
) -> list[RuleEstimate]:
    """One entry per rule that has jobs due or files planned.

    due: as Snakemake counts them. expected: every file planned. frames: of an identity video, for
    the paper's figure. queued: `gpu_rules` of the plan.
    """
    planned: dict[str, int] = defaultdict(int)
    there: dict[str, int] = defaultdict(int)
    for item in expected:
        planned[item.rule] += 1
        there[item.rule] += Path(item.path).exists()
    estimates = []
    for rule in dict.fromkeys((*planned, *due)):
        jobs, size = due.get(rule, 0), measured.sizes.get(rule)
        known = rule in planned
        cost = _job(rule, measured.costs.get(rule), frames)
        written = None if size is None else jobs * size
        estimates.append(
            RuleEstimate(
                rule,
                planned[rule] if known else None,
                there[rule] if known else None,
                jobs,
                *cost,
                written,
                rule in queued,
            )
        )
    return estimates


def measure(benchmarks: Path, expected: Iterable[Expected]) -> Measured:
    """Measure a run by its benchmark files and those of its planned files that exist."""
    sizes: dict[str, list[int]] = defaultdict(list)
    for item in expected:
        with contextlib.suppress(OSError):
            size = Path(item.path).stat().st_size
            sizes[item.rule].append(size)
    return Measured(
        costs={cost.rule: cost for cost in read_benchmarks(benchmarks)},
        sizes={rule: sum(of) / len(of) for rule, of in sizes.items()},
    )


def _job(rule: str, cost: RuleCost | None, frames: int) -> tuple[float | None, float | None, str]:
    """Wall-clock and CPU seconds per job, and where they come from."""
    if cost:
        cpu_s = None if cost.cpu_s is None else cost.cpu_s / cost.jobs
        return cost.total_s / cost.jobs, cpu_s, f"mean of {cost.jobs:,} jobs"
    if rule == "train_avatar":
        return 3600 * paper_hours(frames), None, PAPER
    return None, None, "nobody measured it yet"


def paper_hours(frames: int) -> float:
    """Hours for an avatar, interpolated between the paper's figures; proportional outside them."""
    known = sorted(PAPER_HOURS)
    if frames <= known[0]:
        return PAPER_HOURS[known[0]] * frames / known[0]
    if frames >= known[-1]:
        return PAPER_HOURS[known[-1]] * frames / known[-1]
    right = known[bisect_right(known, frames)]
    left = known[known.index(right) - 1]
    share = (frames - left) / (right - left)
    return PAPER_HOURS[left] + share * (PAPER_HOURS[right] - PAPER_HOURS[left])
