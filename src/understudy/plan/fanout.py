"""The fan-out: which (reference, identity, view, background) videos there will be."""

from collections.abc import Mapping

from understudy.scene.backgrounds import choose_backgrounds


def fan_out(
    seed: int,
    references: dict[str, dict],
    identities: dict[str, dict],
    pools: Mapping[str, list[str]],
    per_pair: int,
    views: list[str],
) -> list[tuple[str, str, str, str]]:
    """All n_T·n_A·views·g rows (reference, identity, view, background), in table order.

    g = `per_pair` backgrounds per pair, chosen by rendezvous hashing (paper, section 3.3) among
    those that serve the reference's label; pools: by label, each with at least that many.
    """
    return [
        (reference, identity, view, background)
        for reference, row in references.items()
        for identity in identities
        for view in views
        for background in choose_backgrounds(
            seed, reference, identity, pools[row["label"]], per_pair
        )
    ]
