"""keypoints.npz: 133 COCO-WholeBody points per frame, of the one person in a video.

xy (n,133,2) float32 px; score (n,133) float32 in [0,1], 0 = not seen; people (n,) int16, number of
persons (in sampled frames; in between, the nearest sample's); world (n,33,3) float32 if the
back-end has it: MediaPipe's world landmarks, metres from the hips, x right, y down, z away from
the camera; irises (n,2,3) float32 if it has them: the centres of the left and the right iris,
x, y px and score. About: kind, backend, model, video, digest, fps, size (h, w) and, for a video
that was kept although it shows others, `several_people`; filming (`artifacts.filming`).
"""

from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Arrays, Shapes, load_arrays, save_arrays

KIND = "keypoints"
SHAPES: Shapes = {"xy": ("n", 133, 2), "score": ("n", 133)}
OPTIONAL: Shapes = {"people": ("n",), "world": ("n", 33, 3), "irises": ("n", 2, 3)}


def save_keypoints(
    path: Path | str,
    xy: np.ndarray,
    score: np.ndarray,
    people: np.ndarray,
    extra: dict[str, np.ndarray],
    about: dict,
) -> None:
    """Write a keypoints.npz; extra: `world` and `irises`, if any."""
    reals = {"xy": xy, "score": score, **extra}
    arrays = {name: array.astype(np.float32) for name, array in reals.items()}
    save_arrays(path, arrays | {"people": people.astype(np.int16)}, {**about, "kind": KIND})


def load_keypoints(path: Path | str) -> Arrays:
    """Read a keypoints.npz; UserError if it is anything else or damaged."""
    return load_arrays(path, KIND, None, SHAPES, OPTIONAL)
