"""The surface that Gaussians sit on: points of the body's mesh."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Surface:
    """G points, each a convex combination of three vertices of one face of the body's mesh.

    vertex_ids (G,3) int64; weights (G,3), rows sum to 1; faces (F,3) int64 of point indices.
    """

    vertex_ids: Tensor
    weights: Tensor
    faces: Tensor

    def __len__(self) -> int:
        return len(self.vertex_ids)

    def interpolate(self, values: Tensor) -> Tensor:
        """(V,…) at the body's vertices -> (G,…) at the points."""
        weights = self.weights.reshape(*self.weights.shape, *[1] * (values.ndim - 1))
        return (values[self.vertex_ids] * weights).sum(1)


def vertex_normals(points: Tensor, faces: Tensor) -> Tensor:
    """(n,3) unit normals, faces weighted by their area."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    across = torch.linalg.cross(b - a, c - a)
    normals = torch.zeros_like(points)
    for k in range(3):
        normals = normals.index_add(0, faces[:, k], across)
    return torch.nn.functional.normalize(normals, dim=1)
