"""How much a scene says about a label. Stdlib only."""

import math
from collections import Counter
from collections.abc import Iterable

MOST_BITS = 1.0  # of label and scene: above, a recogniser can read much of the label off the wall


def shared_bits(pairs: Iterable[tuple[str, str]]) -> float:
    """Mutual information, in bits, of the two in the pairs, each counted; at least 0.

    Corrected for its bias, by (rows - 1)(columns - 1) / 2N in nats at independence: each entropy by
    its number of values that occur, less one, over 2N (Miller, "Note on the bias of information
    estimates", 1955).
    """
    counts = Counter(pairs)
    if not counts:
        return 0.0
    sides = [Counter[str](), Counter[str]()]
    for pair, count in counts.items():
        for side, value in zip(sides, pair, strict=True):
            side[value] += count
    return max(0.0, _entropy(sides[0]) + _entropy(sides[1]) - _entropy(counts))


def _entropy(counts: Counter) -> float:
    """Bits, with Miller's correction."""
    total = counts.total()
    plug_in = -sum(n / total * math.log2(n / total) for n in counts.values())
    return plug_in + (len(counts) - 1) / (2 * total * math.log(2))
