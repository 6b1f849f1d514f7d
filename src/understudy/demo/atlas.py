"""A texture over the body's UV map: which point of which triangle each texel shows."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt


@dataclass(frozen=True)
class Atlas:
    """The t texels of a (size, size) texture that lie on the mesh.

    texels (t,) flat indices, row 0 at the top; corners (t,3) vertex ids and bary (t,3) weights of
    the triangle under each; triangles (t,) its index; nearest (size²,): for every texel of the
    image, the position in `texels` of the nearest one on the mesh, to fill the gutters.
    """

    size: int
    texels: np.ndarray
    triangles: np.ndarray
    corners: np.ndarray
    bary: np.ndarray
    nearest: np.ndarray

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Values of the vertices (V,) or (V,k) at the texels: (t,) or (t,k)."""
        weights = self.bary if values.ndim == 1 else self.bary[..., None]
        return (values[self.corners] * weights).sum(1)

    def image(self, colours: np.ndarray) -> np.ndarray:
        """Colours (t,3), 0–255, of the texels as an image (size, size, 3) uint8, gutters filled."""
        filled = np.clip(colours, 0, 255).astype(np.uint8)[self.nearest]
        return filled.reshape(self.size, self.size, 3)


def make_atlas(faces: np.ndarray, uv: np.ndarray, uv_faces: np.ndarray, size: int) -> Atlas:
    """Rasterise the UV triangles: faces (F,3) of vertices, uv (T,2) with v up, uv_faces (F,3)."""
    corners = np.stack([uv[:, 0] * size, (1 - uv[:, 1]) * size], 1)[uv_faces]  # (F,3,2) px
    low = np.floor(corners.min(1) - 0.5).astype(int)
    extent = (np.ceil(corners.max(1) + 0.5).astype(int) - low).max(1)
    texel, triangle, bary = [], [], []
    previous = 0
    while previous < extent.max():  # triangles of about the same size share one candidate grid
        side = max(2, previous + 1, previous * 5 // 4)
        chosen = np.flatnonzero((extent > previous) & (extent <= side))
        for part in np.array_split(chosen, max(1, len(chosen) * side * side // 2_000_000)):
            found = _cover(corners[part], low[part], side, size)
            texel.append(found[0])
            triangle.append(part[found[1]])
            bary.append(found[2])
        previous = side
    texels, first = np.unique(np.concatenate(texel), return_index=True)
    triangles, weights = np.concatenate(triangle)[first], np.concatenate(bary)[first]
    empty = np.ones(size * size, bool)
    empty[texels] = False
    place = distance_transform_edt(
        empty.reshape(size, size), return_distances=False, return_indices=True
    )
    position = np.zeros(size * size, np.int64)
    position[texels] = np.arange(len(texels))
    nearest = position[(place[0] * size + place[1]).ravel()]
    return Atlas(size, texels, triangles, faces[triangles], weights.astype(np.float32), nearest)


def _cover(
    corners: np.ndarray, low: np.ndarray, side: int, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Texels (t,), rows of `corners` (t,) and barycentric weights (t,3) of the covered texels."""
    step = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2)
    pixel = low[:, None] + step[None]  # (k, side², 2)
    a, b, c = corners[:, None, 0], corners[:, None, 1], corners[:, None, 2]
    centre = pixel + 0.5
    area = _cross(b - a, c - a)
    area = np.where(np.abs(area) < 1e-12, np.inf, area)
    weights = (
        np.stack([_cross(b - centre, c - centre), _cross(c - centre, a - centre)], -1)
        / area[..., None]
    )
    weights = np.concatenate([weights, 1 - weights.sum(-1, keepdims=True)], -1)
    inside = (weights > -1e-6).all(-1) & (pixel >= 0).all(-1) & (pixel < size).all(-1)
    row, column = np.nonzero(inside)
    chosen = pixel[row, column]
    return chosen[:, 1] * size + chosen[:, 0], row, weights[row, column]


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
