"""coverage.json: what an identity's video shows of the person's surface, and how well.

parts, sides: {name: {share, square}} of each of PARTS and SIDES: the share of its area that was
seen, and how squarely the seen part was looked at: the mean over it of the best cosine between
surface and line of sight, 1 from straight ahead. height: of the standing person, px; turned: how
much of the circle they faced, degrees; flexed: how far the hips are bent, degrees (median); raised:
share of the frames with both upper arms lifted by more than 60° from hanging; light: how bright the
picture's bright parts are, grey levels of 255 (95th percentile, median over frames); blur: from 0,
sharp, to 1 (Crete et al. 2007); frames: how many were looked at.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from understudy.errors import UserError
from understudy.files import read_json, write_json

PARTS = (
    *("head", "trunk", "left_arm", "right_arm", "left_hand", "right_hand"),
    *("left_leg", "right_leg", "left_foot", "right_foot"),
)
SIDES = ("front", "back", "left", "right")


@dataclass(frozen=True)
class Seen:
    """share: of the area, in [0,1]; square: mean of the best cosines over what was seen."""

    share: float
    square: float


@dataclass(frozen=True)
class Coverage:
    """As the module says."""

    parts: dict[str, Seen]
    sides: dict[str, Seen]
    height: float
    turned: float
    flexed: float
    raised: float
    light: float
    blur: float
    frames: int


def save_coverage(path: Path | str, coverage: Coverage) -> None:
    """Write a coverage.json."""
    write_json(path, asdict(coverage))


def load_coverage(path: Path | str) -> Coverage:
    """Read a coverage.json; UserError if it is damaged."""
    try:
        note = read_json(path)
        for of, names in (("parts", PARTS), ("sides", SIDES)):
            note[of] = {name: Seen(**note[of][name]) for name in names}
        return Coverage(**note)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(f"{path}: cannot be read ({error}); delete it and rerun") from error
