"""The expression feature: the face's 50 expressions and its jaw in every frame.

expression.npz: expression (n,50); jaw_pose (n,3) axis-angle rad; valid (n,) bool, False where no
face is seen (expression and jaw are then bridged in time and fall back to rest). About: kind,
backend, model (digests of a network's weights), body, keypoints' source.

A back-end that reads FLAME off each frame (as DECA does) also writes face_shape (n,S): FLAME's
first S shape coefficients, S at most 300; the fit takes their mean over the valid frames.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from understudy.artifacts.origin import of_keypoints
from understudy.body.model import load_body
from understudy.features.runtime import EMBEDDED, Runtime
from understudy.files import save_arrays
from understudy.fitting.settings import DEFAULTS, FitSettings
from understudy.observation.observed import read_observed
from understudy.registry import chosen


@dataclass(frozen=True)
class Faces:
    """What a back-end returns for n frames: expression (n,E); jaw (n,3) axis-angle rad; valid (n,)
    bool; shape (n,S), FLAME's, or None; model: names and digests of the weights.
    """

    expression: np.ndarray
    jaw: np.ndarray
    valid: np.ndarray
    shape: np.ndarray | None = None
    model: dict[str, str] = field(default_factory=dict)


def extract_expression(
    video: Path | str,
    keypoints: Path | str,
    body: Path | str,
    out: Path | str,
    backend: str = "landmarks",
    runtime: Runtime = EMBEDDED,
    reading: FitSettings = DEFAULTS,
) -> None:
    """Find the face's expression in every frame of a video and write expression.npz.

    reading: of the fit's settings, those by which it reads the keypoints too.
    """
    observed, note = read_observed(keypoints, reading)
    model = load_body(body)
    faces = chosen("expression", backend)(video, observed, model, runtime)
    arrays = {
        "expression": faces.expression.astype(np.float32),
        "jaw_pose": faces.jaw.astype(np.float32),
        "valid": faces.valid,
    }
    if faces.shape is not None:
        arrays["face_shape"] = faces.shape.astype(np.float32)
    about = {"kind": "expression", "backend": backend, "body": model.model_id}
    about |= {"model": faces.model, "keypoints": of_keypoints(note)}
    save_arrays(out, arrays, about)
