"""placed.json: where in which room a synthetic video shows its person.

background: the photo that is shown, which is another than the drawn one where that had no room for
the motion; passed_over: why not, by photo. right, forward: m, on the room's floor from the point
below its camera; turn: degrees, of the motion's axes to the right of the camera's; lacks: what the
motion does not have there, "" if nothing. K (3,3) px: of the camera in the video's frame; pitch,
roll: its, degrees; height: m over the floor; height_from: "table", "usual" or "depth".
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from understudy.errors import UserError
from understudy.files import read_json, write_json


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


def save_placed(path: Path | str, placed: Placed) -> None:
    write_json(path, asdict(placed))


def load_placed(path: Path | str) -> Placed:
    """Read a placed.json; UserError if it is damaged."""
    try:
        return Placed(**read_json(path))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path}: cannot be read ({error}); delete it and rerun") from error
