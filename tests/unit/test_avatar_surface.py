"""The surface, its sparse operators, and the filling of what was never seen."""

import numpy as np
import pytest
import torch

from tests.unit.avatar_scene import painted_avatar
from understudy.avatar.training.fill import fill
from understudy.avatar.training.sparse import SmoothSolve, SparseProduct
from understudy.gaussians.mesh import (
    build_surface,
    graph_laplacian,
    interpolation,
    mean_difference,
    mean_edge,
    skin_faces,
    split_edges,
)
from understudy.gaussians.surface import vertex_normals

TETRAHEDRON = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]])
CORNERS = np.array([[0, 0, 0], [3, 0, 0], [0, 2, 0], [0, 0, 1.0]])


def area(points, faces):
    a, b, c = (points[faces[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2


@pytest.mark.parametrize("longest", [0.5, 1.1, 2.1, 2.5, 3.2, 4.0])
def test_splitting_keeps_a_closed_surface_of_the_same_area(longest):
    matrix, faces = split_edges(CORNERS, TETRAHEDRON, longest)
    points = matrix @ CORNERS
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    there = {tuple(side) for side in sides.tolist()}
    assert len(there) == len(sides)  # each directed edge once: orientation is kept
    assert all((b, a) in there for a, b in there)  # closed, without hanging points
    assert area(points, faces) == pytest.approx(area(CORNERS, TETRAHEDRON))
    lengths = np.linalg.norm(CORNERS[:, None] - CORNERS[None], axis=-1)
    assert len(points) == 4 + (np.triu(lengths) > longest).sum()


def test_surface_of_the_body(body):
    surface = build_surface(body, body.v_template, max_edge=0.013)
    assert 25_000 < len(surface) < 60_000
    assert torch.allclose(surface.weights.sum(1), torch.ones(len(surface)), atol=1e-6)
    points = surface.interpolate(body.v_template).numpy()
    a, b = (points[surface.faces[:, k].numpy()] for k in (0, 1))
    assert np.quantile(np.linalg.norm(a - b, axis=1), 0.99) < 0.016
    same = interpolation(surface, len(body.v_template)) @ body.v_template.numpy()
    assert np.abs(same - points).max() < 1e-6
    assert set(surface.faces.unique().tolist()) == set(range(len(surface)))


def test_teeth_and_tongue_are_left_out_and_eyes_kept(body):
    left_out = np.setdiff1d(np.arange(len(body.v_template)), skin_faces(body))
    weights = body.weights[torch.from_numpy(left_out)].sum(0)
    main = body.joint_names[int(weights.argmax())]
    assert main in ("jaw", "head")
    kept = torch.from_numpy(np.unique(skin_faces(body)))
    eyes = [k for k, name in enumerate(body.joint_names) if "eye" in name]
    assert (body.weights[kept][:, eyes].sum(1) > 0.5).sum() > 50


def test_sparse_operators_and_their_gradients():
    laplacian = graph_laplacian(TETRAHEDRON, 4)
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    dense = torch.from_numpy(np.linalg.inv(np.eye(4) + 20 * laplacian.toarray())).float()
    for operator, truth in (
        (SmoothSolve(laplacian, 20.0), dense),
        (SparseProduct(mean_difference(TETRAHEDRON, 4)), torch.eye(4) * 4 / 3 - 1 / 3),
    ):
        leaf, weight = x.clone().requires_grad_(), torch.arange(12.0).reshape(4, 3)
        value = operator(leaf)
        (value * weight).sum().backward()
        assert torch.allclose(value, truth @ x, atol=1e-5)
        assert torch.allclose(leaf.grad, truth.T @ weight, atol=1e-5)


def test_normals_point_out_and_edges_have_their_length():
    normals = vertex_normals(torch.from_numpy(CORNERS), torch.from_numpy(TETRAHEDRON))
    outward = CORNERS - CORNERS.mean(0)
    assert (np.einsum("ij,ij->i", normals.numpy(), outward) > 0).all()
    assert mean_edge(CORNERS, TETRAHEDRON)[0] == pytest.approx(2.0)  # 3, 2 and 1


def test_what_was_not_seen_takes_its_surroundings_colour(body):
    avatar = painted_avatar(body)
    below = avatar.means[:, 1] < -0.9  # shins and feet, unseen, green; all else red
    avatar.colors[:] = torch.tensor([0.8, 0.1, 0.1])
    avatar.colors[below] = torch.tensor([0.1, 0.8, 0.1])
    seen = (~below).float()
    filled = fill(avatar, seen, avatar.scales.log())
    assert torch.allclose(filled.colors[below], torch.tensor([0.8, 0.1, 0.1]), atol=0.02)
    assert torch.allclose(filled.colors[~below], avatar.colors[~below], atol=0.02)
    assert torch.allclose(filled.scales, avatar.scales, rtol=1e-3)
