"""Quality of a fit with nothing wrong, for tests that write fit files."""

import numpy as np

from understudy.artifacts.fit_quality import SEEN_PARTS, FitQuality


def sound(n: int, **numbers: float) -> FitQuality:
    """All parts seen in n frames; `numbers` in place of the harmless ones."""
    harmless = {
        "bridged": 0.0,
        "longest_bridge": 0.0,
        "jitter": 2.0,
        "fastest_turn": 90.0,
        "slide": 3.0,
        "beyond_limits": 0.0,
        "part_seen": np.ones((n, len(SEEN_PARTS)), bool),
    }
    return FitQuality(**{**harmless, **numbers})
