"""How well scenes fit, and how little they give away, in plans of the paper's size.

80 references (5 of each of 16 labels), 15 people, 3 photos a pair: 3,600 videos, of both of the
paper's sets of labels, over three photos of each of the 20 kinds of scene.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.unit.scene_tables import NTU, SMARTHOME, forbidden, planned, write_tables
from understudy.places.information import shared_bits
from understudy.places.kinds import KINDS

PHOTOS = 3  # of each kind
REFERENCES, IDENTITIES = 5, 15  # of each label; people
SETS = {"ntu": NTU, "smarthome": SMARTHOME}


@dataclass(frozen=True)
class Fitted:
    """Of a plan: its videos, how many of them show a forbidden pair, the same of the photos that
    may stand in, and the bits that label and kind of scene share."""

    videos: int
    implausible: int
    implausible_reserves: int
    bits: float


def fitted(labels: tuple[str, ...], match: str, seed: int = 0) -> Fitted:
    """The plan of a set of labels."""
    scenes = {f"{kind}_{i}": kind for kind in KINDS for i in range(PHOTOS)}
    with tempfile.TemporaryDirectory() as name:
        write_tables(Path(name), list(labels), scenes, REFERENCES, IDENTITIES)
        plan = planned(Path(name), list(labels), match, seed=seed)
        rows, wrong = plan.synthetic, forbidden()
        label_of = {id_: row["label"] for id_, row in plan.tables.references.items()}
        pairs = [(label_of[row[0]], scenes[row[3]]) for row in rows]
        spare = [
            (label_of[row[0]], scenes[other]) for row in rows for other in plan.shown_on(row)[1:]
        ]
    return Fitted(
        len(rows),
        sum(pair in wrong for pair in pairs),
        sum(pair in wrong for pair in spare),
        shared_bits(pairs),
    )
