"""What ties the body's face to FLAME's, both at rest: losses, each a mean over its elements."""

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor

from understudy.body.flame import Flame


class FaceMesh:
    """FLAME's V vertices as the losses need them: neighbours, edges, mirror images, the neck.

    neck (V,1) of 0 and 1; mirrored (V,): the vertex nearest to each one's mirror image, for which
    ExAvatar reads a file from SMPL-X.
    """

    def __init__(self, flame: Flame):
        faces, count = flame.model.faces, len(flame.model.v_template)
        self.neck = flame.neck.float()[:, None]
        self.edges = torch.cat([faces[:, [0, 1]], faces[:, [0, 2]], faces[:, [1, 2]]])
        self.laplacian = _laplacian(faces, count)
        template = flame.model.v_template.numpy()
        nearest = cKDTree(template).query(template * np.array([-1, 1, 1], np.float32))[1]
        self.mirrored = torch.from_numpy(nearest)

    def vertex_loss(self, face: Tensor, flame: Tensor) -> Tensor:
        """mean |face − FLAME| (V,3) m, their centres aligned; the neck does not count."""
        apart = (face - face.mean(0)) - (flame - flame.mean(0))
        return (apart.abs() * (1 - self.neck)).mean()

    def laplacian_loss(self, face: Tensor, flame: Tensor) -> Tensor:
        """mean (L·face − L·FLAME)² (V,3) m², L: a vertex minus the mean of its neighbours."""
        bent = torch.sparse.mm(self.laplacian, face - flame)
        return (bent**2 * (1 - self.neck)).mean()

    def edge_loss(self, face: Tensor, flame: Tensor) -> Tensor:
        """mean |length in the face − in FLAME| over the edges of all triangles, m."""
        free = (1 - self.neck)[self.edges].prod(1)
        longer = self._lengths(face) - self._lengths(flame)
        return (longer.abs() * free).mean()

    def neck_loss(self, offset: Tensor) -> Tensor:
        """mean offset² (V,3) m², of the neck only."""
        return (offset**2 * self.neck).mean()

    def symmetry_loss(self, offset: Tensor) -> Tensor:
        """mean |x + x'| + |y − y'| + |z − z'| of offsets (V,3) m and the mirrored ones."""
        mirror = offset.new_tensor([-1.0, 1.0, 1.0])
        return (offset - mirror * offset[self.mirrored]).abs().sum(-1).mean()

    def _lengths(self, vertices: Tensor) -> Tensor:
        start, stop = vertices[self.edges].unbind(1)
        return (start - stop).norm(dim=-1, keepdim=True)


def _laplacian(faces: Tensor, count: int) -> Tensor:
    """Sparse (V,V): a vertex minus the mean of those it shares an edge with."""
    pairs = torch.cat([faces[:, [a, b]] for a in range(3) for b in range(3) if a != b]).unique(
        dim=0
    )
    degree = torch.bincount(pairs[:, 0], minlength=count).clamp(min=1)
    diagonal = torch.arange(count)
    index = torch.cat([pairs.T, torch.stack([diagonal, diagonal])], 1)
    values = torch.cat([-1.0 / degree[pairs[:, 0]], torch.ones(count)])
    size = (count, count)
    return torch.sparse_coo_tensor(index, values, size, check_invariants=True).coalesce()
