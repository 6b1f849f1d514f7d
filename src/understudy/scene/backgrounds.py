"""Which backgrounds a (reference, identity) pair gets. Imported when the workflow is read: stdlib
only."""

import hashlib
import json
from collections.abc import Iterable


def choose_backgrounds(
    seed: int, reference: str, identity: str, backgrounds: Iterable[str], g: int
) -> list[str]:
    """The g distinct backgrounds of a pair, by rendezvous (highest random weight) hashing.

    Each background draws a weight from (seed, reference, identity, background) alone; the g
    heaviest win, heaviest first. So the choice is repeatable, independent of the table's order,
    and a new background changes only the pairs it wins (Thaler and Ravishankar, "Using
    name-based mappings to increase hit rates", 1998). Raises ValueError if there are fewer
    than g.
    """
    pool = set(backgrounds)
    if not 0 <= g <= len(pool):
        raise ValueError(f"cannot choose {g} of {len(pool)} backgrounds")
    # JSON keeps ("a", "bc") and ("ab", "c") apart.
    pair = hashlib.blake2b(json.dumps([seed, reference, identity]).encode(), digest_size=16)

    def weight(background: str) -> tuple[bytes, str]:
        drawn = pair.copy()
        drawn.update(background.encode())
        return drawn.digest(), background

    return sorted(pool, key=weight, reverse=True)[:g]
