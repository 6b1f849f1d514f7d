"""What an identity is flagged for: what its video does not show, or shows badly."""

import sys
from pathlib import Path

from understudy.artifacts.coverage import Coverage, Seen
from understudy.coverage.settings import CoverageLimits


def coverage_flags(coverage: Coverage, limits: CoverageLimits) -> dict[str, str]:
    """Flag -> why; empty: none. docs/identities.md says what each means."""
    reasons = {
        "side": _too_little("side", coverage.sides, limits.least_side),
        "part": _too_little("", coverage.parts, limits.least_part),
        "oblique": _oblique(coverage.sides, limits.least_square),
    }
    for name, wrong, phrase in (
        (
            "turn",
            coverage.turned < limits.least_turn,
            f"the person faces {coverage.turned:.0f}° of the circle, less than "
            f"{limits.least_turn:g}: film a whole turn",
        ),
        (
            "seated",
            coverage.flexed > limits.most_flexed,
            f"the hips are bent by {coverage.flexed:.0f}°, more than {limits.most_flexed:g}: film "
            "the person standing",
        ),
        (
            "small",
            coverage.height < limits.least_height,
            f"the person is {coverage.height:.0f} px tall, less than {limits.least_height:g}: film "
            "from nearer, or with more pixels",
        ),
        (
            "dark",
            coverage.light < limits.least_light,
            f"the picture's bright parts have {coverage.light:.0f} of 255 grey levels, fewer than "
            f"{limits.least_light:g}: film in more light",
        ),
        (
            "blurred",
            coverage.blur > limits.most_blur,
            f"the person is blurred ({coverage.blur:.2f}, more than {limits.most_blur:g}): focus, "
            "turn more slowly, or film in more light",
        ),
    ):
        if wrong:
            reasons[name] = phrase
    return {name: why for name, why in reasons.items() if why}


def _too_little(word: str, found: dict[str, Seen], least: float) -> str:
    told = [
        f"{100 * seen.share:.0f} % of the {_named(name, word)}"
        for name, seen in found.items()
        if seen.share < least
    ]
    if not told:
        return ""
    return f"{', '.join(told)} seen, less than {100 * least:g} %"


def _oblique(sides: dict[str, Seen], least: float) -> str:
    told = [
        f"the {_named(name, 'side')} ({seen.square:.2f})"
        for name, seen in sides.items()
        if seen.share > 0 and seen.square < least
    ]
    return f"{', '.join(told)} seen from the edge alone, below {least:g}" if told else ""


def _named(name: str, word: str) -> str:
    """ "left side", "back", "left leg"."""
    if word == "side" and name in ("left", "right"):
        return f"{name} side"
    return name.replace("_", " ")


def tell_coverage(video: Path | str, coverage: Coverage, limits: CoverageLimits) -> None:
    """Say on stderr what an identity's video is flagged for."""
    for name, why in coverage_flags(coverage, limits).items():
        print(f"warning: {video}: {name}: {why} (docs/identities.md)", file=sys.stderr)
