"""The body's surface in parts and sides, and how much area each vertex stands for."""

from dataclasses import dataclass

import numpy as np
import torch

from understudy.artifacts.coverage import PARTS, SIDES
from understudy.body.model import BodyModel, ShapedBody
from understudy.body.skeleton import FINGERS, JOINT_NAMES
from understudy.body.zbuffer import mesh_depth
from understudy.gaussians.surface import vertex_normals

_JOINTS = {  # part -> joints
    "head": ("neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf"),
    "trunk": ("pelvis", "spine1", "spine2", "spine3", "left_collar", "right_collar"),
    **{f"{side}_arm": (f"{side}_shoulder", f"{side}_elbow") for side in ("left", "right")},
    **{
        f"{side}_hand": (
            f"{side}_wrist",
            *(f"{side}_{finger}{k}" for finger in FINGERS for k in (1, 2, 3)),
        )
        for side in ("left", "right")
    },
    **{f"{side}_leg": (f"{side}_hip", f"{side}_knee") for side in ("left", "right")},
    **{f"{side}_foot": (f"{side}_ankle", f"{side}_foot") for side in ("left", "right")},
}
_UPRIGHT = ("head", "trunk", "left_leg", "right_leg")  # parts that have a front and a back
_FAR = 60.0  # m: from here every view of a body is all but parallel
_VIEW = 400  # px
_DIRECTIONS = (
    *((azimuth, elevation) for azimuth in range(0, 360, 45) for elevation in (-35, 0, 35)),
    *((0, 89), (0, -89)),
)


@dataclass(frozen=True)
class BodySurface:
    """area (V,) m², 0 where nothing can ever be seen (the mouth's inside); part, side (V,) int:
    indices into PARTS and SIDES, −1 for no side."""

    area: np.ndarray
    part: np.ndarray
    side: np.ndarray

    def share(self, which: np.ndarray, value: np.ndarray) -> float:
        """The mean of value (V,) over the vertices `which` (V,) bool, each by its area."""
        weight = self.area * which
        total = weight.sum()
        return float((weight * value).sum() / total) if total > 0 else 0.0


def body_surface(shaped: ShapedBody) -> BodySurface:
    """Of a person's body, from its T-pose."""
    body: BodyModel = shaped.model
    vertices = shaped.vertices.detach()
    normals = vertex_normals(vertices, body.faces).numpy()
    joint = body.weights.argmax(1).numpy()
    part_of = np.zeros(len(JOINT_NAMES), int)
    for number, name in enumerate(PARTS):
        part_of[[JOINT_NAMES.index(one) for one in _JOINTS[name]]] = number
    part = part_of[joint]
    x, z = normals[:, 0], normals[:, 2]
    side = np.where(
        np.abs(z) >= np.abs(x),
        np.where(z > 0, SIDES.index("front"), SIDES.index("back")),
        np.where(x > 0, SIDES.index("left"), SIDES.index("right")),
    )
    side[~np.isin(part, [PARTS.index(name) for name in _UPRIGHT])] = -1
    rest, faces = vertices.numpy().astype(float), body.faces.numpy()
    area = _vertex_areas(rest, faces) * _ever_seen(rest, faces)
    return BodySurface(area, part, side)


def _vertex_areas(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """A third of the area of the faces around each vertex."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    of_face = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    return np.bincount(faces.ravel(), of_face.repeat(3) / 3, minlength=len(vertices))


def _ever_seen(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Vertices (V,) bool that some direction shows in the T-pose."""
    centred = vertices - vertices.mean(0)
    reach = np.linalg.norm(centred, axis=1).max()
    focal = 0.48 * _VIEW / reach * _FAR
    K = np.array([[focal, 0, _VIEW / 2], [0, focal, _VIEW / 2], [0, 0, 1.0]])
    seen = np.zeros(len(vertices), bool)
    for azimuth, elevation in np.radians(_DIRECTIONS):
        cos, sin, up, down = np.cos(azimuth), np.sin(azimuth), np.cos(elevation), np.sin(elevation)
        turn = np.array([[cos, 0, -sin], [0, -1, 0], [-sin, 0, -cos]])
        tilt = np.array([[1, 0, 0], [0, up, -down], [0, down, up]])
        view = centred @ (tilt @ turn).T + [0, 0, _FAR]
        seen |= visible(view, faces, K, _VIEW, _VIEW)
    return seen


def visible(
    vertices: np.ndarray, faces: np.ndarray, K: np.ndarray, width: int, height: int
) -> np.ndarray:
    """Which vertices (V,3), in camera space, lie in the picture and behind no face: (V,) bool."""
    depth = mesh_depth(vertices, faces, K, width, height)
    column, row = pixels(vertices, K)
    inside = (vertices[:, 2] > 0) & (column >= 0) & (column < width) & (row >= 0) & (row < height)
    found = inside.copy()
    nearest = depth[row[inside], column[inside]]
    pixel = vertices[inside, 2] / K[0, 0]  # m
    behind = BURIED + SLOPE * pixel
    found[inside] = (nearest == 0) | (vertices[inside, 2] < nearest + behind)
    return found


BURIED, SLOPE = 0.01, 2.0  # m, and px of depth per px, by which a visible vertex may lie behind


def pixels(vertices: np.ndarray, K: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Column and row (V,) int of each vertex; those behind the camera lie anywhere."""
    image = vertices @ K.T
    place = image[:, :2] / np.where(image[:, 2:] > 0, image[:, 2:], 1)
    place = np.clip(np.floor(place), -1e6, 1e6).astype(int)
    return place[:, 0], place[:, 1]


def normals_of(vertices: np.ndarray, faces: torch.Tensor) -> np.ndarray:
    """(V,3) unit normals of posed vertices (V,3)."""
    return vertex_normals(torch.from_numpy(vertices).float(), faces).numpy()
