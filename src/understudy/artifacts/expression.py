"""expression.npz: the face's 50 expressions and its jaw in every frame.

expression (n,50); jaw_pose (n,3) axis-angle rad; valid (n,) bool, False if no face is seen
(expression and jaw are then bridged in time and fall back to rest). About: kind, backend, model
(digests of a network's weights), body, keypoints' source.

A back-end that estimates FLAME in each frame (as DECA does) also writes face_shape (n,S): FLAME's
first S shape coefficients, S at most 300; the fit takes their mean over the valid frames.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Shapes, load_arrays, save_arrays

KIND = "expression"
SHAPES: Shapes = {"expression": ("n", "E"), "jaw_pose": ("n", 3), "valid": ("n",)}
OPTIONAL: Shapes = {"face_shape": ("n", "S")}


@dataclass(frozen=True)
class Faces:
    """For n frames: expression (n,E); jaw (n,3) axis-angle rad; valid (n,) bool; shape (n,S),
    FLAME's, or None."""

    expression: np.ndarray
    jaw: np.ndarray
    valid: np.ndarray
    shape: np.ndarray | None = None


def save_expression(path: Path | str, faces: Faces, about: dict) -> None:
    """Write an expression.npz; `about` holds at least `body`, the body model's id."""
    arrays = {
        "expression": faces.expression.astype(np.float32),
        "jaw_pose": faces.jaw.astype(np.float32),
        "valid": faces.valid,
    }
    if faces.shape is not None:
        arrays["face_shape"] = faces.shape.astype(np.float32)
    save_arrays(path, arrays, {**about, "kind": KIND})


def load_expression(path: Path | str, body: str | None = None) -> Faces:
    """Read an expression.npz; UserError if it is anything else or for another body model than
    the id `body`."""
    stored = load_arrays(path, KIND, body, SHAPES, OPTIONAL)
    return Faces(
        expression=stored["expression"].astype(float),
        jaw=stored["jaw_pose"].astype(float),
        valid=np.asarray(stored["valid"], bool),
        shape=stored["face_shape"].astype(float) if "face_shape" in stored else None,
    )
