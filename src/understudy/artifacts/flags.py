"""flags.json: what each reference and each identity was flagged for.

{"reference": {id: {flag: why}}, "identity": {id: {flag: why}}}; {} for one that was flagged for
nothing. And the rule that says which flags keep a video out of the lists for training.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from understudy.errors import UserError
from understudy.files import read_json, write_json

Reasons = dict[str, str]  # flag -> why


@dataclass(frozen=True)
class KeepSettings:
    """Which synthetic videos the lists for training hold, of those that passed their checks."""

    unless_reference: tuple[str, ...] = (
        *("trunk", "left_leg", "right_leg", "bridged", "longest_bridge"),
        *("camera", "cut"),
    )
    """A video is left out of the lists for training if its reference is flagged for one of these.
    By default: what is not seen of the performer is invented, and so are long bridges; a moving
    camera or a cut moves the figure."""
    unless_identity: tuple[str, ...] = ("trunk", "left_leg", "right_leg")
    """The same for its identity: the avatar's looks are invented where nobody saw them."""
    most_risk: float = 0.9
    """A video is left out, too, if its risk is above this: how likely its motion is among the tenth
    furthest from the performer's, by what was measured (docs/quality.md). 1: none is."""


@dataclass(frozen=True)
class Flagged:
    """What was flagged: reference, identity: by id, flag -> why."""

    reference: Mapping[str, Reasons]
    identity: Mapping[str, Reasons]

    def left_out(self, keep: KeepSettings) -> "Flagged":
        """Those sources alone whose videos the lists for training leave out, each with the flags
        that do it."""
        return Flagged(
            _among(self.reference, keep.unless_reference),
            _among(self.identity, keep.unless_identity),
        )

    def told(self) -> list[str]:
        """A line for each source that is flagged: "reference wave: 46 % of the frames …"."""
        return [
            f"{side} {id_}: {'; '.join(reasons.values())}"
            for side in ("reference", "identity")
            for id_, reasons in sorted(getattr(self, side).items())
            if reasons
        ]


def _among(sources: Mapping[str, Reasons], names: tuple[str, ...]) -> dict[str, Reasons]:
    found = {
        id_: {name: why for name, why in reasons.items() if name in names}
        for id_, reasons in sources.items()
    }
    return {id_: reasons for id_, reasons in found.items() if reasons}


def save_flags(path: Path | str, flagged: Flagged) -> None:
    """Write a flags.json."""
    write_json(path, asdict(flagged))


def load_flags(path: Path | str) -> Flagged:
    """Read a flags.json; UserError if it is damaged."""
    try:
        return Flagged(**read_json(path))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path}: cannot be read ({error}); delete it and rerun") from error
