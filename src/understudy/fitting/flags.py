"""Which of a fit's own numbers flag it."""

import sys
from pathlib import Path

from understudy.artifacts.fit_quality import FitReport, read_report
from understudy.errors import UserError
from understudy.fitting.settings import FlagSettings

_TOLD = {  # number -> factor to the unit it is reported in, and message
    "error": (1, "the body is {:.1f} % of its height away from its keypoints, more than {:g}"),
    "bridged": (100, "{:.0f} % of the frames are bridged, more than {:g}"),
    "longest_bridge": (1, "one bridged span lasts {:.1f} s, more than {:g}"),
    "jitter": (1, "the joints accelerate by {:.0f} mm per frame², more than {:g}"),
    "fastest_turn": (1, "the body turns by {:.0f}° per second, more than {:g}"),
    "slide": (1, "feet slide {:.0f} mm per frame, more than {:g}"),
    "beyond_limits": (100, "{:.0f} % of the joints turn beyond their limits, more than {:g}"),
}
_NEEDED = ("trunk", "left_leg", "right_leg")  # parts that a video has to show


def flags(report: FitReport, limits: FlagSettings) -> dict[str, str]:
    """What a fit is flagged for, one of `settings.FLAGS`, and why, in a phrase; empty: it is not.
    NaN flags nothing."""
    reasons = {}
    for name, (factor, phrase) in _TOLD.items():
        value, most = report.number(name), getattr(limits, name)
        if value > most:
            reasons[name] = phrase.format(factor * value, factor * most)
    for part in _NEEDED:
        share = report.quality.seen[part]
        if share < limits.least_seen:
            reasons[part] = (
                f"the {part.replace('_', ' ')} is seen in {100 * share:.0f} % of the frames, "
                f"fewer than {100 * limits.least_seen:g}"
            )
    filming = {name: event.says for name, event in report.filming.items()}
    return reasons | {name: filming[name] for name in limits.filming if name in filming}


def check_fit(path: Path | str, limits: FlagSettings, flagged: str) -> None:
    """Report on stderr what flags a fit file. `flagged`: "warn", or "refuse": then a UserError."""
    reasons = flags(read_report(path), limits).values()
    if reasons and flagged == "refuse":
        raise UserError(
            f"{path}: the fit is flagged: {'; '.join(reasons)}; use a better video, "
            "or set fit.flagged: warn"
        )
    if reasons:
        print(f"warning: {path}: the fit is flagged: {'; '.join(reasons)}", file=sys.stderr)
