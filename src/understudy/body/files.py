"""Read the arrays of an SMPL-X-format file, .npz or .pkl, without running any code in it."""

import importlib
import pickle
import zipfile
from pathlib import Path

import numpy as np

from understudy.body.smplx_landmarks import FACE_POINTS
from understudy.errors import UserError

# What a body file may hold; other entries (SMPL-X has name maps stored as pickles) are not read.
NEEDED = ("v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table")
OPTIONAL = (
    "hands_meanl",
    "hands_meanr",
    "joint_names",
    "vt",
    "ft",
    "landmark_names",
    "landmark_joint",
    "landmark_vertices",
    "landmark_weights",
    *FACE_POINTS,
)

_SAFE = {  # the only names that a .pkl may request, by package
    "numpy": {"ndarray", "dtype", "_reconstruct", "scalar", "_frombuffer"},
    "scipy": {"csc_matrix", "csr_matrix", "coo_matrix", "csc_array", "csr_array", "coo_array"},
}
_NUMPY_HOMES = {"_reconstruct": "multiarray", "scalar": "multiarray", "_frombuffer": "numeric"}


def read_body_arrays(path: Path | str) -> dict[str, np.ndarray]:
    """The arrays named NEEDED, and any in OPTIONAL. UserError if the file cannot be read."""
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path}: no such body file; give an SMPL-X-format .npz or .pkl")
    if path.suffix not in (".npz", ".pkl"):
        raise UserError(f"{path}: not a body file; give an .npz or .pkl in SMPL-X format")
    wanted = NEEDED + OPTIONAL
    arrays = read_npz(path, wanted) if path.suffix == ".npz" else _read_pickle(path, wanted)
    missing = [name for name in NEEDED if name not in arrays]
    if missing:
        raise UserError(
            f"{path}: not an SMPL-X-format body, it lacks {', '.join(missing)}; use another file"
        )
    return arrays


def read_npz(path: Path, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The named arrays that an .npz has. UserError if it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in names if name in stored.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise UserError(f"{path}: not a readable .npz ({error}); copy it again") from error


def _read_pickle(path: Path, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as stream:
            stored = _ArraysOnly(stream, encoding="latin1").load()
    except _Refused as error:
        raise UserError(
            f"{path}: the pickle holds {error}, not only numpy and scipy arrays; "
            "convert it to .npz, or remove chumpy with smplx's tools/clean_ch.py"
        ) from error
    except Exception as error:  # a broken pickle can raise anything
        raise UserError(f"{path}: not a readable .pkl ({error}); copy it again") from error
    if not isinstance(stored, dict):
        raise UserError(f"{path}: the pickle is not a dictionary of arrays; use another file")
    return {name: _dense(stored[name]) for name in names if name in stored}


def _dense(array: object) -> np.ndarray:
    return np.asarray(array.toarray() if hasattr(array, "toarray") else array)


class _Refused(Exception):
    """A pickle requests something that is not an array."""


class _ArraysOnly(pickle.Unpickler):
    """Loads built-in containers, numpy arrays and scipy sparse matrices; refuses the rest."""

    def find_class(self, module: str, name: str) -> object:
        package = module.partition(".")[0]
        if (module, name) == ("_codecs", "encode"):  # Python 3's encoding of bytes in protocol 2
            return _to_bytes
        if name not in _SAFE.get(package, ()):
            raise _Refused(f"{module}.{name}")
        if package == "scipy":
            return getattr(importlib.import_module("scipy.sparse"), name)
        if name in _NUMPY_HOMES:
            return getattr(importlib.import_module(f"numpy._core.{_NUMPY_HOMES[name]}"), name)
        return getattr(np, name)


def _to_bytes(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise _Refused(f"text in {encoding}")
    return text.encode("latin1")
