"""What the report says of how much an identity's video shows of the person."""

from understudy.artifacts.coverage import load_coverage
from understudy.coverage.flags import coverage_flags
from understudy.coverage.settings import CoverageLimits


def told_coverage(path: str, config: dict) -> list[str]:
    """Phrases: how much of the surface was seen from each side, and what the identity is flagged
    for under the limits of a run's configuration."""
    found = load_coverage(path)
    shares = ", ".join(f"{name} {100 * seen.share:.0f} %" for name, seen in found.sides.items())
    flags = coverage_flags(found, CoverageLimits(**config.get("coverage", {})))
    return [f"surface seen: {shares}", *(f"flagged: {why}" for why in flags.values())]
