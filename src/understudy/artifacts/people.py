"""people.json: who is in a photo that should show nobody.

boxes: x0, y0, x1, y1 in px of the upright photo, one for each person, the largest first. picture,
digest: the photo's name and the first hex digits of its SHA-256. model: digests of the networks.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from understudy.errors import UserError
from understudy.files import read_json, write_json

SHOWS_SOMEBODY = "it shows somebody; take it without people, or state floor: yes if it does not"


@dataclass(frozen=True)
class People:
    """As the module says."""

    boxes: list[list[float]]
    picture: str
    digest: str
    model: dict[str, str]


def save_people(path: Path | str, people: People) -> None:
    write_json(path, asdict(people))


def load_people(path: Path | str) -> People:
    """Read a people.json; UserError if it is damaged."""
    try:
        return People(**read_json(path))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path}: cannot be read ({error}); delete it and rerun") from error
