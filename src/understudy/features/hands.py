"""The hands feature: the finger joints of both hands in every frame.

hands.npz: hand_pose (n,2,15,3) axis-angle rad, left then right, against the flat hand in SMPL-X's
joint order; score (n,2) in [0,1], 0 where the hand is not seen (its pose is then bridged in time
and falls back to a relaxed hand). About: kind, backend, model (digests of a network's
weights), body, keypoints' source.

A back-end that reads the whole body's pose off each frame (as Hand4Whole does) also writes
global_orient (n,3) in camera space and body_pose (n,21,3), SMPL-X's axis-angle rad: there the fit
then begins (`fitting.regressed`). Frames without a person hold anything finite.
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
class Hands:
    """What a back-end returns for n frames: pose (n,2,15,3) axis-angle rad; score (n,2);
    body: further arrays to keep, global_orient and body_pose; model: names and digests of the
    weights.
    """

    pose: np.ndarray
    score: np.ndarray
    body: dict[str, np.ndarray] = field(default_factory=dict)
    model: dict[str, str] = field(default_factory=dict)


def extract_hands(
    video: Path | str,
    keypoints: Path | str,
    body: Path | str,
    out: Path | str,
    backend: str = "landmarks",
    runtime: Runtime = EMBEDDED,
    reading: FitSettings = DEFAULTS,
) -> None:
    """Find the fingers' pose in every frame of a video and write hands.npz.

    reading: of the fit's settings, those by which it reads the keypoints too.
    """
    observed, note = read_observed(keypoints, reading)
    model = load_body(body)
    hands = chosen("hands", backend)(video, observed, model, runtime)
    arrays = {"hand_pose": hands.pose, "score": hands.score, **hands.body}
    about = {"kind": "hands", "backend": backend, "body": model.model_id}
    about |= {"model": hands.model, "keypoints": of_keypoints(note)}
    save_arrays(out, {name: array.astype(np.float32) for name, array in arrays.items()}, about)
