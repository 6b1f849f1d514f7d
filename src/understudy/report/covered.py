"""What the report says of how much an identity's video shows of the person."""

from understudy.artifacts.coverage import load_coverage


def told_coverage(path: str) -> str:
    """A phrase: how much of the surface was seen from each side."""
    sides = load_coverage(path).sides
    shares = ", ".join(f"{name} {100 * seen.share:.0f} %" for name, seen in sides.items())
    return f"surface seen: {shares}"
