"""The fan-out: which (reference, identity, view, background) videos there will be."""

from understudy.errors import UserError
from understudy.scene.backgrounds import choose_backgrounds


def fan_out(
    seed: int,
    references: dict[str, dict],
    identities: dict[str, dict],
    backgrounds: dict[str, dict],
    per_pair: int,
    views: list[str],
) -> list[tuple[str, str, str, str]]:
    """All n_T·n_A·views·g rows (reference, identity, view, background), in table order.

    g = `per_pair` backgrounds per pair, chosen by rendezvous hashing (paper, section 3.3).
    Raises UserError when there are fewer backgrounds than that.
    """
    if per_pair > len(backgrounds):
        raise UserError(
            f"config: backgrounds.per_pair is {per_pair}, but the table of backgrounds has "
            f"{len(backgrounds)} that can be used; add images or lower it"
        )
    pool = list(backgrounds)
    return [
        (reference, identity, view, background)
        for reference in references
        for identity in identities
        for view in views
        for background in choose_backgrounds(seed, reference, identity, pool, per_pair)
    ]
