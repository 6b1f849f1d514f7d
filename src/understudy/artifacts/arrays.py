"""Our .npz files: named arrays with metadata on what made them, never pickles."""

import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.errors import UserError
from understudy.files import atomic_path

ABOUT = "about"  # the name under which the metadata is kept, as JSON


@dataclass(frozen=True)
class Arrays:
    """One of our .npz files: named arrays, and `about`, JSON-able metadata on what made them."""

    arrays: dict[str, np.ndarray]
    about: dict

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self.arrays


def save_arrays(target: Path | str, arrays: dict[str, np.ndarray], about: dict) -> None:
    """Write `arrays` and the metadata `about` to a compressed .npz, whole or not at all.

    `about` holds at least `kind` (keypoints, masks, fit, …) and what made the file: back-end,
    model id, settings, source. A file made for one body model carries `body`: its model id.
    """
    note = np.frombuffer(json.dumps(about, sort_keys=True).encode(), np.uint8)
    with atomic_path(target) as path:
        np.savez_compressed(path, allow_pickle=False, **{ABOUT: note}, **arrays)


def load_arrays(path: Path | str, kind: str, body: str | None = None) -> Arrays:
    """Read one of our .npz files; refuse another `kind` and, if given, a body other than `body`."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        about = json.loads(arrays.pop(ABOUT).tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(
            f"{path}: not a readable {kind} file ({error}); delete it and rerun"
        ) from error
    if about.get("kind") != kind:
        raise UserError(f"{path}: holds {about.get('kind')}, expected {kind}; delete it and rerun")
    if body is not None and about.get("body") != body:
        raise UserError(
            f"{path}: made for body model {about.get('body')}, but the configured one is {body}; "
            "delete it and rerun"
        )
    return Arrays(arrays, about)
