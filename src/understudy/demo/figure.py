"""A figure: a dressed person with texture and hair, posable by any motion."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.body.anny import AnnyData
from understudy.body.landmarks import LANDMARK_NAMES, LandmarkTable
from understudy.body.model import BodyModel, ShapedBody
from understudy.body.skeleton import JOINT_NAMES, PARENTS
from understudy.demo.anatomy import landmark_table
from understudy.demo.volume import Volume

KIND = "figure"
_ARRAYS = (
    *("vertices", "joints", "weights", "expressions", "faces", "uv", "uv_faces", "texture"),
    *("loose_faces", "loose_colours"),
)


@dataclass(frozen=True)
class Figure:
    """A dressed person in the T-pose, metres, y up, facing +z.

    vertices (V+H,3): the body's V first, then H of hair and other loose parts; joints (55,3);
    weights (V+H,55); expressions (V+H,3,50); faces (F,3) of the body, uv (T,2) with v up,
    uv_faces (F,3), texture (s,s,3) uint8; loose_faces (G,3) indexing vertices,
    loose_colours (H,3) uint8; landmarks: the 133 on its mesh; person: its id.
    """

    person: str
    vertices: np.ndarray
    joints: np.ndarray
    weights: np.ndarray
    expressions: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    uv_faces: np.ndarray
    texture: np.ndarray
    loose_faces: np.ndarray
    loose_colours: np.ndarray
    landmarks: LandmarkTable

    @property
    def body_vertices(self) -> int:
        """V: how many of `vertices` are the body's."""
        return len(self.vertices) - len(self.loose_colours)

    def shaped(self) -> ShapedBody:
        """The figure as a body that a Pose can be applied to; joints do not follow expressions."""

        def tensor(array: np.ndarray) -> torch.Tensor:
            return torch.from_numpy(np.ascontiguousarray(array, np.float32))

        count, joints = len(self.vertices), len(self.joints)
        model = BodyModel(
            v_template=tensor(self.vertices),
            faces=torch.from_numpy(np.concatenate([self.faces, self.loose_faces]).astype(np.int64)),
            shapedirs=torch.zeros(count, 3, 0),
            exprdirs=tensor(self.expressions),
            posedirs=None,
            weights=tensor(self.weights),
            J_template=tensor(self.joints),
            J_shapedirs=torch.zeros(joints, 3, 0),
            J_exprdirs=torch.zeros(joints, 3, self.expressions.shape[-1]),
            parents=PARENTS,
            joint_names=JOINT_NAMES,
            hands_mean=torch.zeros(2, 15, 3),
            landmarks=self.landmarks,
            uv=None,
            uv_faces=None,
            model_id=f"demo-{self.person}",
        )
        return ShapedBody(model, model.v_template, model.J_template)


def assemble(
    person: str,
    anny: AnnyData,
    vertices: np.ndarray,
    joints: np.ndarray,
    texture: np.ndarray,
    loose: list[Volume],
) -> Figure:
    """Join the dressed body (V,3) and its loose parts (Volumes) into a Figure."""
    count = len(vertices)
    faces, start = [], count
    for part in loose:
        faces.append(part.faces + start)
        start += len(part.vertices)
    extra = start - count
    return Figure(
        person=person,
        vertices=np.concatenate([vertices, *(part.vertices for part in loose)]),
        joints=joints,
        weights=np.concatenate([anny.weights, *(part.weights for part in loose)]),
        expressions=np.concatenate(
            [anny.expressions, np.zeros((extra, *anny.expressions.shape[1:]))]
        ),
        faces=anny.faces,
        uv=anny.uv,
        uv_faces=anny.uv_faces,
        texture=texture,
        loose_faces=np.concatenate(faces) if faces else np.zeros((0, 3), int),
        loose_colours=np.clip(
            np.concatenate([np.zeros((0, 3)), *(part.colours for part in loose)]), 0, 255
        ).astype(np.uint8),
        landmarks=landmark_table(),
    )


def save_figure(path: Path | str, figure: Figure) -> None:
    """Write a figure, so that a job that films it need not make it again."""
    table = figure.landmarks
    arrays = {name: getattr(figure, name) for name in _ARRAYS}
    moved = np.flatnonzero(np.abs(figure.expressions).max((1, 2)) > 0)
    arrays |= {
        "vertices": figure.vertices.astype(np.float32),
        "weights": figure.weights.astype(np.float32),
        "expressive": moved,
        "expressions": figure.expressions[moved].astype(np.float32),
        "landmark_joint": table.joint.numpy(),
        "landmark_vertices": table.vertices.numpy(),
        "landmark_weights": table.weights.numpy(),
    }
    save_arrays(path, arrays, {"kind": KIND, "person": figure.person})


def load_figure(path: Path | str) -> Figure:
    """Read what save_figure wrote. Raises UserError if it is not a figure file."""
    stored = load_arrays(path, KIND)
    expressions = np.zeros((len(stored["vertices"]), *stored["expressions"].shape[1:]), np.float32)
    expressions[stored["expressive"]] = stored["expressions"]
    table = LandmarkTable(
        LANDMARK_NAMES,
        *(
            torch.from_numpy(stored[f"landmark_{part}"])
            for part in ("joint", "vertices", "weights")
        ),
    )
    fields = {name: stored[name] for name in _ARRAYS} | {"expressions": expressions}
    return Figure(person=stored.about["person"], landmarks=table, **fields)
