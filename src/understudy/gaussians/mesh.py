"""How a surface is made from the body's mesh, whose long edges are split; and the mesh's sparse
operators."""

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from understudy.body.model import BodyModel
from understudy.gaussians.surface import Surface

ROUNDS = 2  # of splitting: edges of a body mesh are at most about four times `max_edge`
SCALE_PER_EDGE = 0.55  # a Gaussian's initial standard deviation, in mean edge lengths around it
EYES = ("left_eye", "right_eye")  # prefixes of the eyes' joint names
HANDS = tuple(  # and of the hands'
    f"{side}_{part}"
    for side in ("left", "right")
    for part in ("wrist", "index", "middle", "pinky", "ring", "thumb")
)


def build_surface(body: BodyModel, vertices: Tensor, max_edge: float) -> Surface:
    """Split the edges of the body's skin and eyes that are longer than `max_edge` (m).

    vertices (V,3) at rest determine how long an edge is. Teeth and tongue are left out: a video
    rarely shows them, and what it never shows would stick out of the mouth as noise.
    """
    rest = vertices.detach().numpy().astype(np.float64)
    faces = skin_faces(body)
    combination = sp.identity(len(rest), format="csr")
    for _ in range(ROUNDS):
        split, faces = split_edges(combination @ rest, faces, max_edge)
        combination = split @ combination
    return as_surface(combination, faces)


def as_surface(combination: sp.csr_matrix, faces: np.ndarray) -> Surface:
    """combination (n,V): points made of at most three vertices each; faces (k,3) of them. Points
    without a face are left out."""
    used = np.unique(faces)
    index = np.full(combination.shape[0], -1)
    index[used] = np.arange(len(used))
    ids, weights = _three_a_row(combination[used].tocsr())
    return Surface(torch.from_numpy(ids), torch.from_numpy(weights), torch.from_numpy(index[faces]))


def interpolation(surface: Surface, vertices: int) -> sp.csr_matrix:
    """`Surface.interpolate` as a sparse matrix (G,V)."""
    rows = np.repeat(np.arange(len(surface)), 3)
    entries = surface.weights.numpy().ravel(), (rows, surface.vertex_ids.numpy().ravel())
    return sp.csr_matrix(entries, shape=(len(surface), vertices))


def skin_faces(body: BodyModel) -> np.ndarray:
    """The faces (k,3) of the largest connected part of the mesh and of the eyeballs."""
    faces = body.faces.numpy()
    n = len(body.v_template)
    _, part = sp.csgraph.connected_components(adjacency(faces, n), directed=False)
    eyes = [k for k, name in enumerate(body.joint_names) if name.startswith(EYES)]
    of_eye = (body.weights[:, eyes].sum(1) > 0.5).numpy()
    kept = {int(np.bincount(part[faces[:, 0]]).argmax()), *part[of_eye].tolist()}
    return faces[np.isin(part[faces[:, 0]], list(kept))]


def region(body: BodyModel, joints: tuple[str, ...]) -> Tensor:
    """(V,1) the share of each vertex that moves with the joints whose names begin like that."""
    columns = [k for k, name in enumerate(body.joint_names) if name.startswith(joints)]
    return body.weights[:, columns].sum(1, keepdim=True)


def split_edges(
    points: np.ndarray, faces: np.ndarray, max_edge: float
) -> tuple[sp.csr_matrix, np.ndarray]:
    """Halve every edge longer than `max_edge`, keeping the mesh conforming.

    points (n,3), faces (k,3) -> the matrix (n+m, n) that makes the new points (old ones first)
    and the new faces.
    """
    n = len(points)
    sides = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], -1), axis=-1)
    edges, inverse = np.unique(sides.reshape(-1, 2), axis=0, return_inverse=True)
    long = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1) > max_edge
    middle = np.full(len(edges), -1)
    middle[long] = n + np.arange(long.sum())
    halves = sp.csr_matrix(
        (np.full(2 * long.sum(), 0.5), (np.repeat(np.arange(long.sum()), 2), edges[long].ravel())),
        shape=(long.sum(), n),
    )
    matrix = sp.vstack([sp.identity(n), halves], format="csr")
    return matrix, _split_faces(faces, middle[inverse.reshape(-1, 3)])


def _split_faces(faces: np.ndarray, middles: np.ndarray) -> np.ndarray:
    """Faces abc with midpoints x of ab, y of bc, z of ca (or −1) -> their parts."""
    count = (middles >= 0).sum(1)
    # Turn each face so that a single midpoint is x, and a single missing one is z.
    shift = np.where(count == 1, (middles >= 0).argmax(1), 0)
    shift = np.where(count == 2, ((middles < 0).argmax(1) + 1) % 3, shift)
    turn = (np.arange(3) + shift[:, None]) % 3
    (a, b, c), (x, y, z) = (np.take_along_axis(t, turn, 1).T for t in (faces, middles))
    patterns = {
        0: [(a, b, c)],
        1: [(a, x, c), (x, b, c)],
        2: [(x, b, y), (a, x, y), (a, y, c)],
        3: [(a, x, z), (x, b, y), (z, y, c), (x, y, z)],
    }
    parts = [
        np.stack(part, 1)[count == midpoints]
        for midpoints, pattern in patterns.items()
        for part in pattern
    ]
    return np.concatenate(parts)


def _three_a_row(matrix: sp.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """A matrix with at most three entries per row -> columns (G,3) int64, entries (G,3) float32."""
    matrix.sum_duplicates()
    counts = np.diff(matrix.indptr)
    slot = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], counts)
    rows = np.repeat(np.arange(matrix.shape[0]), counts)
    ids = np.repeat(matrix.indices[matrix.indptr[:-1], None], 3, axis=1).astype(np.int64)
    weights = np.zeros((matrix.shape[0], 3), np.float32)
    ids[rows, slot] = matrix.indices
    weights[rows, slot] = matrix.data
    return ids, weights


def adjacency(faces: np.ndarray, n: int) -> sp.csr_matrix:
    """(n,n), 1 where two points share an edge."""
    a, b = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    both = np.concatenate([a, b]), np.concatenate([b, a])
    matrix = sp.csr_matrix((np.ones(2 * len(a)), both), shape=(n, n))
    matrix.data[:] = 1
    return matrix


def graph_laplacian(faces: np.ndarray, n: int) -> sp.csr_matrix:
    """D − A (n,n)."""
    neighbours = adjacency(faces, n)
    return (sp.diags(neighbours.sum(1).A1) - neighbours).tocsr()


def mean_difference(faces: np.ndarray, n: int) -> sp.csr_matrix:
    """I − D^-1 A (n,n): a value minus its neighbours' mean."""
    neighbours = adjacency(faces, n)
    degree = np.maximum(neighbours.sum(1).A1, 1)
    return (sp.identity(n) - sp.diags(1 / degree) @ neighbours).tocsr()


def mean_edge(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(n,) the mean length of the edges at each point."""
    neighbours = adjacency(faces, len(points)).tocoo()
    length = np.linalg.norm(points[neighbours.row] - points[neighbours.col], axis=1)
    total = np.bincount(neighbours.row, length, minlength=len(points))
    return total / np.maximum(np.bincount(neighbours.row, minlength=len(points)), 1)


def first_log_scale(points: np.ndarray, faces: np.ndarray) -> Tensor:
    """(n,) the log of the standard deviation (m) with which the Gaussian at each point starts."""
    return torch.from_numpy(mean_edge(points, faces) * SCALE_PER_EDGE).float().log()
