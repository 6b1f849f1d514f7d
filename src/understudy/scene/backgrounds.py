"""Which backgrounds a (reference, identity) pair gets. Imported when the workflow is read: stdlib
only."""

import hashlib
import json
from collections.abc import Iterable, Mapping

RESERVES = 3  # photos that may take the place of one that has no room for a motion


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
    return _by_weight(pool, seed, reference, identity)[:g]


def reserves(
    seed: int, reference: str, identity: str, backgrounds: Iterable[str], g: int
) -> Mapping[str, list[str]]:
    """For each of the g backgrounds of a pair, up to RESERVES others, the heaviest first, that may
    take its place; no background may take two.

    Each background that the pair did not draw is claimed by one of those that it drew, again by
    rendezvous hashing: so a new background changes at most one of the pair's videos, unless it is
    drawn itself.
    """
    ranked = _by_weight(set(backgrounds), seed, reference, identity)
    claimed: dict[str, list[str]] = {background: [] for background in ranked[:g]}
    for background in ranked[g:]:
        owner = _by_weight(set(claimed), seed, reference, identity, background)[0]
        claimed[owner].append(background)
    return {background: others[:RESERVES] for background, others in claimed.items()}


def _by_weight(pool: set[str], seed: int, *drawn_for: str) -> list[str]:
    """The pool, heaviest first."""
    # JSON keeps ("a", "bc") and ("ab", "c") apart.
    draw = hashlib.blake2b(json.dumps([seed, *drawn_for]).encode(), digest_size=16)

    def weight(background: str) -> tuple[bytes, str]:
        drawn = draw.copy()
        drawn.update(background.encode())
        return drawn.digest(), background

    return sorted(pool, key=weight, reverse=True)
