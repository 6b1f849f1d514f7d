"""How far each fit of a run can be trusted: its numbers, and those that are flagged first."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from understudy.artifacts.fit_quality import FitReport, read_report
from understudy.errors import UserError
from understudy.fitting.flags import FlagSettings, flags
from understudy.plan.job import Expected

RULE = "fit_body"
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
    """A fit: identity or reference, its id, a cell for each of HEADS, and what flags it."""

    kind: str
    id: str
    cells: tuple[str, ...]
    reasons: tuple[str, ...]


def limits_of(config: dict) -> FlagSettings:
    """The limits that flag a fit in a run's configuration; defaults for those it does not give."""
    return FlagSettings(**config.get("fit", {}).get("flag", {}))


def judged_fits(expected: Iterable[Expected], limits: FlagSettings) -> list[JudgedFit]:
    """The fits that exist among all files that a run makes: flagged ones first.

    A fit that cannot be read is flagged as just that.
    """
    judged = [
        _judged(item, limits)
        for item in expected
        if item.rule == RULE and Path(item.path).is_file()
    ]
    return sorted(judged, key=lambda fit: not fit.reasons)


def _judged(item: Expected, limits: FlagSettings) -> JudgedFit:
    kind, id_ = item.wildcards
    try:
        report = read_report(item.path)
    except UserError as error:
        return JudgedFit(kind, id_, (NOT_KNOWN,) * len(HEADS), (str(error),))
    return JudgedFit(kind, id_, _cells(report), tuple(flags(report, limits).values()))


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
