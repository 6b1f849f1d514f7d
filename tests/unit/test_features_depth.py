"""The z-buffer and the floor, against depths known in closed form."""

import numpy as np
import pytest
import pyvista

from understudy.body.zbuffer import mesh_depth, mesh_depth_at
from understudy.features.body_plane import floor_offset, join, plane_depth

K = np.array([[120.0, 0, 50], [0, 120.0, 40], [0, 0, 1]])
WIDTH, HEIGHT = 100, 80


def _rays() -> np.ndarray:
    x, y = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
    return np.stack([(x - 50) / 120, (y - 40) / 120, np.ones_like(x)], -1)


def test_a_tilted_plane_is_exact_in_perspective():
    normal, offset = np.array([0.3, -0.8, -0.5]), -1.5
    grid = np.array([(x, y) for y in (-1.2, 1.2) for x in (-1.2, 1.2)])
    z = (offset - grid @ normal[:2]) / normal[2]
    corners = np.column_stack([grid, z])
    depth = mesh_depth(corners, np.array([[0, 1, 2], [1, 3, 2]]), K, WIDTH, HEIGHT)
    truth = offset / (_rays() @ normal)
    covered = depth > 0
    assert covered.mean() > 0.4
    np.testing.assert_allclose(depth[covered], truth[covered], rtol=1e-5)
    unit = normal / np.linalg.norm(normal)
    floor = plane_depth(unit, offset / np.linalg.norm(normal), K, WIDTH, HEIGHT)
    np.testing.assert_allclose(floor[covered], truth[covered], rtol=1e-5)


def test_a_sphere_shows_its_near_side():
    centre, radius = np.array([0.1, -0.05, 3.0]), 0.6
    sphere = pyvista.Icosphere(radius=radius, center=centre, nsub=5)
    depth = mesh_depth(np.asarray(sphere.points, float), sphere.regular_faces, K, WIDTH, HEIGHT)
    rays = _rays()
    a, b = (rays**2).sum(-1), rays @ centre
    under = b**2 - a * (centre @ centre - radius**2)
    inside = under > 0.02
    truth = (b - np.sqrt(np.maximum(under, 0))) / a
    assert (depth[inside] > 0).all() and (depth[under < -0.02] == 0).all()
    np.testing.assert_allclose(depth[inside], truth[inside], atol=2e-3)


def test_a_few_pixels_show_what_they_show_in_the_whole_image():
    sphere = pyvista.Icosphere(radius=0.6, center=(0.1, -0.05, 3.0), nsub=3)
    mesh = np.asarray(sphere.points, float), sphere.regular_faces
    rng = np.random.default_rng(0)
    at = rng.integers(0, HEIGHT, 200), rng.integers(0, WIDTH, 200)
    found = mesh_depth_at(*mesh, K, at)
    assert 20 < (found > 0).sum() < 180
    assert np.array_equal(found, mesh_depth(*mesh, K, WIDTH, HEIGHT)[at])


def test_the_nearer_surface_wins_and_what_is_behind_the_camera_is_left_out():
    square = np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)], float)
    faces = np.array([[0, 1, 2], [1, 3, 2]])
    sheets = [np.column_stack([square, np.full(4, z)]) for z in (2.0, 1.5, -1.0)]
    together = np.concatenate([faces, faces + 4, faces + 8])
    depth = mesh_depth(np.concatenate(sheets), together, K, WIDTH, HEIGHT)
    np.testing.assert_allclose(depth[30:50, 40:60], 1.5, rtol=1e-6)


def test_neighbouring_triangles_leave_no_seam():
    rng = np.random.default_rng(0)
    fan = np.concatenate([[[0, 0]], rng.uniform(-0.3, 0.3, (60, 2))])
    ring = fan[1:][np.argsort(np.arctan2(fan[1:, 1], fan[1:, 0]))]
    vertices = np.column_stack([np.concatenate([fan[:1], ring]), np.ones(61)])
    faces = np.array([(0, i, i % 60 + 1) for i in range(1, 61)])
    depth = mesh_depth(vertices, faces, K, WIDTH, HEIGHT)
    assert (depth[38:42, 48:52] > 0).all()


def test_the_floor_is_under_the_feet_and_a_jump_does_not_raise_it():
    up = np.array([0.0, -1.0, 0.0])
    body = np.random.default_rng(0).uniform((-0.3, 0, 2), (0.3, 1.4, 2.5), (40, 50, 3))
    body[:, 0, 1] = 1.4
    body[10:20, :, 1] -= 0.4
    assert floor_offset(body, up) == pytest.approx(-1.4)


def test_hair_takes_the_nearest_depth_of_the_body():
    surface = np.zeros((5, 5), np.float32)
    surface[2:, 1:3] = 2.0
    person = np.zeros((5, 5), bool)
    person[1:, 1:3] = True
    floor = np.full((5, 5), 7.0, np.float32)
    depth = join(surface, person, floor)
    assert (depth[person] == 2).all() and (depth[~person] == 7).all()
    assert (join(np.zeros_like(surface), person, floor)[person] == 0).all()
