"""Where in which room a synthetic video shows its person; kept in the metadata of its labels
(`artifacts.labels`).

background: the photo that is shown, which is another than the drawn one where that had no room for
the motion; passed_over: why not, by photo. right, forward: m, on the room's floor from the point
below its camera; turn: degrees, of the motion's axes to the right of the camera's; lacks: what the
motion does not have there, "" if nothing. K (3,3) px: of the camera in the video's frame; pitch,
roll: its, degrees; height: m over the floor; height_from: "table", "usual" or "depth". blended:
what makes the person belong to the photo.
"""

from dataclasses import dataclass
from pathlib import Path

from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.label_arrays import KIND, OPTIONAL, SHAPES
from understudy.errors import UserError


@dataclass(frozen=True)
class Blended:
    """parts: what was applied, of `backgrounds.blend`; occluded: the share of the person that the
    room hides, mean of all frames; gain: of red, green and blue; shadow: the share of the floor's
    light that the person takes; lamp: the part of that which comes from one side; noise: of the
    photo, levels; blur: of the person, px. Of parts that were not applied, null."""

    parts: list[str]
    occluded: float | None
    gain: list[float] | None
    shadow: float | None
    lamp: float | None
    noise: float | None
    blur: float | None


@dataclass(frozen=True)
class Placed:
    """As the module says."""

    background: str
    passed_over: dict[str, str]
    right: float
    forward: float
    turn: float
    lacks: str
    K: list[list[float]]
    pitch: float
    roll: float
    height: float
    height_from: str
    blended: Blended


def load_placed(path: Path | str) -> Placed | None:
    """From the labels of a video, all of which are read; None if its person stands in no room.
    UserError if they are damaged."""
    about = load_arrays(path, KIND, None, SHAPES, OPTIONAL).about
    try:
        return placed_from(about["placed"])
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(f"{path}: cannot be read ({error}); delete it and rerun") from error


def placed_from(stored: dict | None) -> Placed | None:
    """From the metadata of labels."""
    if stored is None:
        return None
    return Placed(**{**stored, "blended": Blended(**stored["blended"])})
