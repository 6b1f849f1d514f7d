"""Our .npz files: named arrays with metadata on what made them, never pickles."""

import json
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.errors import UserError
from understudy.files import atomic_path

ABOUT = "about"  # the name under which the metadata is kept, as JSON
UNREADABLE = (
    *(OSError, ValueError, KeyError, EOFError, RuntimeError, MemoryError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(SyntaxError, TypeError, OverflowError, tokenize.TokenError),  # NumPy's, of an array's header
)
# An array's name -> its shape; a letter stands for any size, the same wherever it stands.
Shapes = Mapping[str, tuple[int | str, ...]]
EMPTY: Shapes = {}


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


def load_arrays(
    path: Path | str,
    kind: str,
    body: str | None = None,
    shapes: Shapes = EMPTY,
    optional: Shapes = EMPTY,
) -> Arrays:
    """Read one of our .npz files; refuse another `kind` and, if given, a body other than `body`.

    shapes: the arrays that must be there, and optional: those that may, all of finite numbers.
    UserError if the file is anything else or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        about = json.loads(arrays.pop(ABOUT).tobytes())
        if not isinstance(about, dict):
            raise ValueError("its metadata is no object")
    except UNREADABLE as error:
        reason = " ".join(str(error).split())
        raise UserError(
            f"{path}: not a readable {kind} file ({reason}); delete it and rerun"
        ) from error
    if about.get("kind") != kind:
        raise UserError(f"{path}: holds {about.get('kind')}, expected {kind}; delete it and rerun")
    if body is not None and about.get("body") != body:
        raise UserError(
            f"{path}: made for body model {about.get('body')}, but the configured one is {body}; "
            "delete it and rerun"
        )
    present = {name: shape for name, shape in optional.items() if name in arrays}
    if wrong := _misfit(arrays, {**shapes, **present}):
        raise UserError(f"{path}: is damaged ({wrong}); delete it and rerun")
    return Arrays(arrays, about)


def _misfit(arrays: dict[str, np.ndarray], shapes: Shapes) -> str | None:
    """What is wrong with the arrays; None: nothing."""
    sizes: dict[str, int] = {}
    for name, shape in shapes.items():
        if name not in arrays:
            return f"{name} is missing"
        array = arrays[name]
        if array.dtype.kind not in "fiub":
            return f"{name} holds no numbers"
        known = [size if isinstance(size, int) else sizes.get(size, size) for size in shape]
        if array.ndim != len(shape) or any(
            isinstance(size, int) and size != there
            for size, there in zip(known, array.shape, strict=True)
        ):
            return f"{name} is {array.shape}, not ({', '.join(map(str, known))})"
        sizes |= {
            size: n for size, n in zip(shape, array.shape, strict=True) if isinstance(size, str)
        }
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            return f"{name} holds NaN or infinity"
    return None
