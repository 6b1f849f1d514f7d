"""The surface of the fitted body in some frames of a clip, for depth."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.fit import load_fit
from understudy.body.load import load_body
from understudy.body.zbuffer import mesh_depth


@dataclass(frozen=True)
class FittedBody:
    """vertices (m,V,3) m in camera space, faces (F,3); K (3,3) px; up (3,) the clip's vertical;
    model_id: the body model's."""

    vertices: np.ndarray
    faces: np.ndarray
    K: np.ndarray
    up: np.ndarray
    model_id: str

    def depth(self, i: int, width: int, height: int) -> np.ndarray:
        """Depth (h,w) float32 m of the body in the i-th of the frames, 0 off the body."""
        return mesh_depth(self.vertices[i], self.faces, self.K, width, height)


def fitted_body(fit: Path | str, body: Path | str, frames: np.ndarray) -> FittedBody:
    """The body at `frames` (m,); UserError if the fit is for another body model."""
    model = load_body(body)
    fitted = load_fit(fit, model.model_id)
    shaped = fitted.own(model).shaped(fitted.betas, fitted.joint_offset)
    return FittedBody(
        shaped.pose(fitted.pose[frames]).vertices.detach().numpy(),
        model.faces.numpy(),
        np.asarray(fitted.K, float),
        np.asarray(fitted.up, float),
        model.model_id,
    )
