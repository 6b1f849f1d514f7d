"""How far each fit of a run can be trusted: its numbers, and those that are flagged first."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from understudy.artifacts.coverage import load_coverage
from understudy.artifacts.fit_quality import FitReport, read_report
from understudy.artifacts.flags import KeepSettings
from understudy.coverage.flags import coverage_flags
from understudy.coverage.settings import CoverageLimits
from understudy.errors import UserError
from understudy.fitting.flags import FlagSettings, flags
from understudy.plan.job import Expected

RULE, COVERAGE_RULE = "fit_body", "measure_coverage"
NUMBERS = {  # a figure of a fit's quality -> its column head, factor and format
    "bridged": ("bridged", 100, "{:.0f} %"),
    "longest_bridge": ("longest bridge", 1, "{:.1f} s"),
    "jitter": ("jitter", 1, "{:.1f}"),
    "fastest_turn": ("turn", 1, "{:.0f}°/s"),
    "slide": ("slide", 1, "{:.1f}"),
    "beyond_limits": ("beyond limits", 100, "{:.1f} %"),
}
PARTS = {  # parts of the reprojection error -> their column head
    "body": "body",
    "feet": "feet",
    "face": "face",
    "left_hand": "left hand",
    "right_hand": "right hand",
}
HEADS = (*PARTS.values(), *(head for head, _, _ in NUMBERS.values()), "legs seen")
NOT_KNOWN = "–"


@dataclass(frozen=True)
class JudgedFit:
    """A fit: identity or reference, its id, a cell for each of HEADS, what flags it, and whether
    the lists for training leave its videos out for that."""

    kind: str
    id: str
    cells: tuple[str, ...]
    reasons: tuple[str, ...]
    left_out: bool = False


@dataclass(frozen=True)
class Limits:
    """What flags a fit and an identity, and which flags keep videos out of the lists."""

    fit: FlagSettings
    coverage: CoverageLimits
    keep: KeepSettings

    @classmethod
    def of(cls, config: dict) -> "Limits":
        """Those of a run's configuration; defaults for those it does not give."""
        return cls(
            FlagSettings(**config.get("fit", {}).get("flag", {})),
            CoverageLimits(**config.get("coverage", {})),
            KeepSettings(**config.get("dataset", {}).get("keep", {})),
        )


def judged_fits(expected: Iterable[Expected], limits: Limits) -> list[JudgedFit]:
    """The fits that exist among all files that a run makes, flagged ones first; an identity's with
    what its video lacks.

    A fit that cannot be read is flagged as just that.
    """
    there = [item for item in expected if Path(item.path).is_file()]
    coverage = {item.subject: item.path for item in there if item.rule == COVERAGE_RULE}
    judged = [_judged(item, limits, coverage) for item in there if item.rule == RULE]
    return sorted(judged, key=lambda fit: not fit.reasons)


def _judged(item: Expected, limits: Limits, coverage: Mapping[str, str]) -> JudgedFit:
    kind, id_ = item.wildcards
    try:
        report = read_report(item.path)
        found = flags(report, limits.fit)
        if kind == "identity" and id_ in coverage:
            found |= coverage_flags(load_coverage(coverage[id_]), limits.coverage)
    except UserError as error:
        return JudgedFit(kind, id_, (NOT_KNOWN,) * len(HEADS), (str(error),))
    keep = limits.keep
    out = set(found) & set(keep.unless_reference if kind == "reference" else keep.unless_identity)
    return JudgedFit(kind, id_, _cells(report), tuple(found.values()), bool(out))


def _cells(report: FitReport) -> tuple[str, ...]:
    quality = report.quality
    legs = min(quality.seen["left_leg"], quality.seen["right_leg"])
    return (
        *(_written(report.error[part], 1, "{:.1f} %") for part in PARTS),
        *(_written(getattr(quality, name), *how[1:]) for name, how in NUMBERS.items()),
        _written(legs, 100, "{:.0f} %"),
    )


def _written(value: float, factor: float, form: str) -> str:
    return NOT_KNOWN if math.isnan(value) else form.format(factor * value)
