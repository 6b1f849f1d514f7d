"""What made a file: read from the metadata in each of our files."""

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from understudy.artifacts.arrays import ABOUT
from understudy.errors import UserError


def read_note(path: Path | str) -> dict:
    """Metadata of one of our .npz, .safetensors or .json files, without reading its arrays."""
    path = Path(path)
    try:
        if path.suffix == ".json":
            return json.loads(path.read_text(encoding="utf-8"))
        if path.suffix == ".safetensors":
            with safe_open(path, "np") as stored:
                return json.loads(stored.metadata()[ABOUT])
        with np.load(path, allow_pickle=False) as stored:
            return json.loads(stored[ABOUT].tobytes())
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise UserError(
            f"{path}: has no readable metadata ({error}); delete it and rerun"
        ) from error


def made_by(note: dict) -> str:
    """What the config chose (a back-end, a fit's preset, an avatar's model) and model id in one
    table cell: "mediapipe holistic 1a2b3c"."""
    settings = note.get("settings", {})
    word = note.get("preset") or settings.get("model") or note.get("backend")
    return " ".join(str(part) for part in (word, note.get("model")) if part) or "unstated"
