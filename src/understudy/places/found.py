"""scenes.json: what a network that compares images with words says of the background photos.

network: its name; photos: by id, each with version, of its file (`plan.versions`); kind, the kind
of scene that it shows most likely, and share, how likely, in [0,1]; suits: by label, its rank in
[0,1] among the labels of the table by how well they suit the photo, 1 the best. Stdlib only:
planning reads it.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from understudy.errors import UserError


@dataclass(frozen=True)
class Photo:
    """As the module says."""

    version: str | None
    kind: str
    share: float
    suits: dict[str, float]


def save_scenes(path: Path | str, network: str, photos: dict[str, Photo]) -> None:
    from understudy.files import write_json  # imports NumPy, which planning does without

    write_json(path, {"network": network, "photos": {k: asdict(v) for k, v in photos.items()}})


def load_scenes(path: Path | str) -> dict[str, Photo]:
    """By id; empty if the file is missing. UserError if it is damaged."""
    try:
        stored = json.loads(Path(path).read_text(encoding="utf-8"))
        return {id_: Photo(**fields) for id_, fields in stored["photos"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(f"{path}: cannot be read ({error}); run make scenes again") from error
