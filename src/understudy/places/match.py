"""Which backgrounds fit a label. Stdlib only: planning reads it.

Each answer depends on the label and that one photo alone, so a new photo changes only the videos of
pairs that draw it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from understudy.places.kinds import KINDS
from understudy.places.plausible import fits_everywhere, kinds_for

MATCHES = ("any", "plausible", "embedding")
SUITS = 0.5  # rank among labels: a photo serves the better half, so it says at most about a bit


@dataclass(frozen=True)
class Shown:
    """What is known of a photo: its kind of scene, None if unknown; suits: rank of labels."""

    kind: str | None
    suits: Mapping[str, float]


def fitting(match: str, label: str, photos: Mapping[str, Shown]) -> list[str]:
    """The ids of the photos that fit a label, in their order.

    match "any": all. "plausible": by the table of labels and kinds of scene; a photo of unknown
    kind fits what fits everywhere, and a label that the table does not have fits everywhere.
    "embedding": those that the label suits better than half of the labels of the table.
    """
    if match == "any":
        return list(photos)
    if match == "embedding":
        return [id_ for id_, photo in photos.items() if photo.suits.get(label, 0) >= SUITS]
    if fits_everywhere(label):
        return list(photos)
    kinds = kinds_for(label) or frozenset(KINDS)
    return [id_ for id_, photo in photos.items() if photo.kind in kinds]
