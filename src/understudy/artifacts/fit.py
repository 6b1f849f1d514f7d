"""Fit files: a person's pose in every frame of a clip, their shape, and the camera."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from understudy.artifacts.arrays import Shapes, load_arrays, save_arrays
from understudy.artifacts.fit_quality import FitQuality, quality_arrays
from understudy.body.model import BodyModel
from understudy.body.pose import Pose
from understudy.errors import UserError

SHAPES: Shapes = {
    **{"global_orient": ("n", 3), "body_pose": ("n", 21, 3), "jaw_pose": ("n", 3)},
    **{"leye_pose": ("n", 3), "reye_pose": ("n", 3), "transl": ("n", 3), "expression": ("n", "E")},
    **{"left_hand_pose": ("n", 15, 3), "right_hand_pose": ("n", 15, 3)},
    **{"betas": ("S",), "joint_offset": (55, 3), "K": (3, 3), "up": (3,), "confidence": ("n",)},
}
OPTIONAL: Shapes = {"face_offset": ("V", 3)}
PARTS = ("body", "feet", "face", "left_hand", "right_hand")


@dataclass(frozen=True)
class Fit:
    """n frames in camera space (x right, y down, z forward, m; the view matrix is the identity).

    pose: n frames; betas (S,); joint_offset (55,3) m; K: the camera (3,3) px; fps; size (h,w) px;
    confidence (n,) in [0,1], 0 where nobody was seen and the pose is bridged;
    error: per part, the median reprojection error in % of the person's height (NaN: never seen);
    up (3,): the clip's vertical; about: the file's metadata;
    face_offset (V,3) m: gives the body's vertices this person's FLAME face; None without FLAME.
    """

    pose: Pose
    betas: Tensor
    joint_offset: Tensor
    K: Tensor
    fps: float
    size: tuple[int, int]
    confidence: np.ndarray
    error: dict[str, float]
    up: np.ndarray
    about: dict
    face_offset: Tensor | None = None

    def __len__(self) -> int:
        return len(self.pose)

    def part(self, frames: slice) -> "Fit":
        """The same of some of its frames."""
        return replace(self, pose=self.pose[frames], confidence=self.confidence[frames])

    def own(self, body: BodyModel) -> BodyModel:
        """The body model with this person's face in its template."""
        if self.face_offset is None:
            return body
        return replace(body, v_template=body.v_template + self.face_offset)


def save_fit(path: Path | str, fit: Fit, quality: FitQuality) -> None:
    """Write a fit and its quality; `fit.about` holds at least `body`, the body model's id.

    `artifacts.fit_quality.read_report` reads the quality back.
    """
    arrays = {
        **fit.pose.to_numpy(),
        **quality_arrays(quality),
        "betas": fit.betas.numpy(),
        "joint_offset": fit.joint_offset.numpy(),
        "K": fit.K.numpy(),
        "confidence": fit.confidence.astype(np.float32),
        "up": fit.up.astype(np.float32),
        "error": np.array([fit.error[part] for part in PARTS], np.float32),
    }
    if fit.face_offset is not None:
        arrays["face_offset"] = fit.face_offset.numpy()
    note = {"fps": fit.fps, "size": list(fit.size), "error_parts": list(PARTS)}
    save_arrays(path, arrays, {**fit.about, **note, "kind": "fit"})


def load_fit(path: Path | str, body: str | None = None) -> Fit:
    """Read a fit; UserError if it is broken or made for another body model than the id `body`."""
    stored = load_arrays(path, "fit", body, SHAPES, OPTIONAL)
    try:
        return Fit(
            pose=Pose.from_numpy(stored.arrays),
            betas=torch.from_numpy(stored["betas"]),
            joint_offset=torch.from_numpy(stored["joint_offset"]),
            K=torch.from_numpy(stored["K"]),
            fps=float(stored.about["fps"]),
            size=(int(stored.about["size"][0]), int(stored.about["size"][1])),
            confidence=stored["confidence"],
            error=dict(zip(stored.about["error_parts"], stored["error"].tolist(), strict=True)),
            up=stored["up"],
            about=stored.about,
            face_offset=torch.from_numpy(stored["face_offset"])
            if "face_offset" in stored
            else None,
        )
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise UserError(f"{path}: is damaged ({error}); delete it and rerun") from error
