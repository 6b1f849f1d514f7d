"""MediaPipe's face landmarks: a mesh of 468 points, its lips and eyes looked at closely, and irises
(Grishchenko et al., Attention Mesh, 2020).

The closer looks are cut out of the network's own features, by operations that only MediaPipe's
runtime knows. Here NumPy does them, between the two parts of the network before and after them.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from understudy.features.mediapipe.models import model_file
from understudy.features.mediapipe.network import Network
from understudy.features.mediapipe.network_parts import NetworkFile
from understudy.features.mediapipe.regions import Region, turn

SIZE = 192  # px of the image
CROP, LOOK = 16, 64  # a closer look: cells of features, and px in which its points are given
MESH, IRIS = 468, 5  # points
CONTOUR = slice(0, 16)  # of an eye's points, those on its lids
MARGIN = 1.5  # of a closer look, in sizes of the box of its points
# Tensors of the file.
FOUND = ["output_mesh_identity", "conv_faceflag", "p_re_lu_3"]
CROPS = [f"transform_tensor_bilinear_v2{end}" for end in ("", "_1", "_2")]
CLOSER = [f"conv_{part}" for part in ("lips", "left_eye", "right_eye")]
IRISES = ["conv_left_iris", "conv_right_iris"]


class FaceAttention:
    """The network, from the bytes of its file; several threads may ask it at once."""

    def __init__(self, model: bytes) -> None:
        file = NetworkFile(model)
        self._first = Network(file.part(["input_1"], FOUND))
        self._second = Network(file.part(CROPS, CLOSER + IRISES))
        self._looks = [
            _Look(
                np.array(told["subset_idxs"]), told["left_rotation_idx"], told["right_rotation_idx"]
            )
            for told in file.options("Landmarks2TransformMatrix")
        ]

    def __call__(self, picture: np.ndarray) -> tuple[np.ndarray, float]:
        """What an RGB picture (192,192,3) in [0,1] shows: points (478,3) px, z away from the
        camera, and how likely they are a face, in [0,1].

        The last ten are the irises, the centre first: 468–472 the right eye's, then the left one's.
        """
        mesh, logit, features = self._first(picture)
        points = np.zeros((MESH + 2 * IRIS, 3))
        points[:MESH] = mesh.reshape(MESH, 3)
        boxes = [look.box(points) for look in self._looks]
        found = self._second(*(_sampled(features, box) for box in boxes))
        for look, box, part in zip(self._looks, boxes, found, strict=False):
            points[look.points, :2] = box.place(part.reshape(-1, 2) / LOOK)
        for eye, iris in enumerate(found[len(CLOSER) :]):
            at = slice(MESH + eye * IRIS, MESH + (eye + 1) * IRIS)
            points[at, :2] = boxes[1 + eye].place(iris.reshape(IRIS, 2) / LOOK)
            points[at, 2] = points[self._looks[1 + eye].points[CONTOUR], 2].mean()
        return points, float(1 / (1 + np.exp(-logit.item())))


@cache
def load_face_attention() -> FaceAttention:
    """The network, read once a process."""
    return FaceAttention(model_file("face_landmark").read_bytes())


@dataclass(frozen=True)
class _Box:
    """A turned box in the picture: centre (2,) and its sides as columns (2,2), px."""

    centre: np.ndarray
    sides: np.ndarray

    def place(self, fractions: np.ndarray) -> np.ndarray:
        """Points (…,2), as fractions of the box, in px of the picture."""
        return (fractions - 0.5) @ self.sides.T + self.centre


@dataclass(frozen=True)
class _Look:
    """A part of the mesh: its points (k,), and two of the mesh that lie on its own x axis."""

    points: np.ndarray
    left: int
    right: int

    def box(self, mesh: np.ndarray) -> _Box:
        """Around the part in a mesh (468+,3) px."""
        rotation = turn(mesh[self.left, :2], mesh[self.right, :2], 0)
        axes = Region(mesh[self.left, :2], 1.0, rotation).axes
        local = mesh[self.points, :2] @ axes
        low, high = local.min(0), local.max(0)
        return _Box(axes @ (low + high) / 2, axes * (high - low) * MARGIN)


def _sampled(features: np.ndarray, box: _Box) -> np.ndarray:
    """Features (h,w,c) of the picture, cut out along a box to (16,16,c), linearly between the
    centres of their cells; 0 beyond the outermost of them."""
    height, width = features.shape[:2]
    y, x = np.divmod(np.arange(CROP * CROP), CROP)
    cells = box.place((np.stack([x, y], 1) + 0.5) / CROP) * (width / SIZE) - 0.5
    inside = ((cells >= 0) & (cells <= (width - 1, height - 1))).all(1)
    cells = np.clip(cells, 0, (width - 1, height - 1))
    column, row = np.minimum(cells.astype(int), (width - 2, height - 2)).T
    right, down = (cells - np.stack([column, row], 1)).T[..., None]
    upper = features[row, column] * (1 - right) + features[row, column + 1] * right
    lower = features[row + 1, column] * (1 - right) + features[row + 1, column + 1] * right
    sampled = (upper * (1 - down) + lower * down) * inside[:, None]
    return sampled.reshape(CROP, CROP, -1)
