"""The preset `paper` with FLAME: its face losses, what moves what, and the resulting face."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import flame_files
import numpy as np
import pytest
import torch
from fit_clips import points_of, waving, write_keypoints, write_still

from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.artifacts.fit import load_fit
from understudy.body.flame import join_flame, load_flame
from understudy.body.load import load_body
from understudy.fitting.features import read_features
from understudy.fitting.fit import fit_body
from understudy.fitting.initial_pose import first_pose, spatial_readings
from understudy.fitting.paper import preset as paper
from understudy.fitting.paper.coupled import CoupledObjective
from understudy.fitting.paper.face_losses import FaceMesh
from understudy.fitting.paper.settings import PaperFitSettings
from understudy.fitting.settings import FitSettings

N = 8
SHORT = replace(
    PaperFitSettings(),
    steps=(110, 10, 10),
    rates=(0.1, 0.001, 0.001),
    drops=((20, 60, 90), (5,), (5,)),
    warm_up=20,
)


@pytest.fixture
def square():
    """Four corners of two triangles, mirrored about x = 0; the last vertex is neck."""
    vertices = torch.tensor([[-1.0, 0, 0], [1, 0, 0], [1, 1, 0], [-1, 1, 0]])
    model = SimpleNamespace(faces=torch.tensor([[0, 1, 2], [0, 2, 3]]), v_template=vertices)
    neck = torch.tensor([False, False, False, True])
    return FaceMesh(SimpleNamespace(model=model, neck=neck)), vertices


def test_face_losses_are_blind_to_where_the_face_is(square):
    mesh, flame = square
    elsewhere = flame + torch.tensor([3.0, -2.0, 1.0])
    assert mesh.vertex_loss(elsewhere, flame) == pytest.approx(0, abs=1e-6)
    assert mesh.laplacian_loss(elsewhere, flame) == pytest.approx(0, abs=1e-10)
    assert mesh.edge_loss(elsewhere, flame) == 0


def test_face_losses_of_one_moved_vertex(square):
    mesh, flame = square
    face = flame.clone()
    face[1, 0] += 0.4  # to (1.4, 0, 0); it shares edges with vertices 0 and 2
    # Centres apart by 0.1: vertices 0 and 2 lie 0.1 off, 1 lies 0.3 off; 3 is neck.
    assert mesh.vertex_loss(face, flame) == pytest.approx((0.1 + 0.3 + 0.1) / 12)
    # Laplacian: vertex 1 by 0.4; its neighbours 0 and 2, of three neighbours each, by 0.4 / 3.
    bent = 0.4**2 + 2 * (0.4 / 3) ** 2
    assert mesh.laplacian_loss(face, flame) == pytest.approx(bent / 12)
    # Edges 0-1 (2 -> 2.4) and 1-2 (1 -> √1.16), of six; those of the neck do not count.
    assert mesh.edge_loss(face, flame) == pytest.approx((0.4 + 1.16**0.5 - 1) / 6)


def test_offset_losses(square):
    mesh, _ = square
    offset = torch.zeros(4, 3)
    offset[3] = torch.tensor([0.2, 0.0, 0.1])  # the neck's
    assert mesh.neck_loss(offset) == pytest.approx(0.05 / 12)
    assert mesh.mirrored.tolist() == [1, 0, 3, 2]
    assert mesh.symmetry_loss(offset) == pytest.approx(2 * 0.3 / 4)
    offset[2] = torch.tensor([-0.2, 0.0, 0.1])
    assert mesh.symmetry_loss(offset) == 0


@pytest.fixture(scope="module")
def joined(tmp_path_factory, body_file):
    folder = tmp_path_factory.mktemp("joined")
    flame, ids = flame_files.write_flame(folder, body_file)
    join_flame(body_file, flame, ids, folder / "SMPLX_FLAME.npz")
    return folder / "SMPLX_FLAME.npz"


@pytest.fixture(scope="module")
def clip(tmp_path_factory, joined):
    """Feature files of a waving person whose face has another shape; body, FLAME."""
    folder, body = tmp_path_factory.mktemp("clip"), load_body(joined)
    keypoints = write_keypoints(folder / "keypoints.npz", points_of(body, waving(body, N)))
    expression, hands = write_still(folder, N, body.model_id)
    stored = load_arrays(expression, "expression")
    shape = np.zeros((N, 100), np.float32)
    shape[:, :3] = [6.0, -4.0, 5.0]
    shape[0], valid = 9.0, np.arange(N) > 0  # nothing about the first frame's face is believed
    save_arrays(expression, stored.arrays | {"face_shape": shape, "valid": valid}, stored.about)
    return (keypoints, expression, hands), body, load_flame(joined, body)


def objective_of(clip, settings):
    files, body, flame = clip
    preset = paper.PaperPreset(FitSettings(), 0, flame)
    observed, _ = preset.read(files[0])
    features = read_features(observed, *files, body.model_id)
    observed, start = first_pose(spatial_readings(features, body), body.J_template.numpy())
    rest = np.tile(np.eye(3), (N, 33, 1, 1))
    first = np.concatenate([start.rotations, rest], 1), features.expression, features.face_valid
    shape = paper.face_shape(features)
    assert np.allclose(shape[:4], [6.0, -4.0, 5.0, 0.0])
    return CoupledObjective(body, flame, observed, *first, shape, settings)


def test_flame_begins_on_the_bodys_face(clip):
    objective = objective_of(clip, SHORT)
    start = objective.unknowns()
    start.shared["flame_shape"].zero_()
    start.frames["joints"][:] = torch.tensor([1.0, 0, 0, 0, 1, 0])  # no joint but the root turns
    values = start.leaves(torch.arange(N))
    rotations = objective.of_body.first.clone()
    rotations[:, 1:] = torch.eye(3)
    _, whole = objective._bodies(values, rotations)
    _, head = objective._head(values, rotations)
    apart = head[:, objective.head_spread] - whole.vertices[:, objective.body_spread]
    assert apart.abs().max() < 1e-4


def test_every_unknown_is_asked_for(clip):
    objective = objective_of(clip, SHORT)
    values = objective.unknowns().leaves(torch.arange(N))
    with torch.no_grad():  # away from where a loss |x| has no slope
        for leaf in (*values.frames.values(), *values.shared.values()):
            leaf += 1e-3 * torch.randn(leaf.shape, generator=torch.manual_seed(0))
    objective.full(values, torch.arange(N), 1.0).backward()
    for name, leaf in (*values.frames.items(), *values.shared.items()):
        assert leaf.grad is not None and leaf.grad.abs().max() > 0, name


def test_the_body_takes_the_face_over_but_does_not_move_it(clip):
    bodys = replace(SHORT, flame_keypoints=0.0, flame_pose=0.0, pose=0.0, expression=0.0)
    objective = objective_of(clip, bodys)
    values = objective.unknowns().leaves(torch.arange(N))
    objective.full(values, torch.arange(N), 1.0).backward()
    jaw_and_eyes = values.frames["joints"].grad[:, 21:24]
    assert not jaw_and_eyes.any() and values.frames["joints"].grad[:, :21].any()
    assert not values.frames["expression"].grad.any()


def test_a_face_comes_out_that_is_flames(clip, joined, tmp_path, monkeypatch):
    files, body, flame = clip
    monkeypatch.setattr(paper.PaperPreset, "of", partial(paper.PaperPreset, settings=SHORT))
    fit = fit_body(*files, joined, tmp_path / "fit.npz", FitSettings(), preset="paper")
    read = load_fit(tmp_path / "fit.npz", body.model_id)
    assert torch.equal(read.face_offset, fit.face_offset)
    assert read.about["flame"] == flame.model.model_id and "left_out" not in read.about
    shift = flame.joint_regressor @ fit.face_offset[flame.vertex_ids]
    assert shift[15].any() and torch.allclose(fit.joint_offset[:3], shift[:3])  # pelvis and hips
    outside = torch.ones(len(body.v_template), dtype=torch.bool)
    outside[flame.vertex_ids] = False
    assert not fit.face_offset[outside].any()
    mesh = FaceMesh(flame)
    shape = torch.zeros(100)
    shape[:3] = torch.tensor([6.0, -4.0, 5.0])
    wanted = flame.model.shaped(shape).vertices
    before = body.shaped(fit.betas).vertices[flame.vertex_ids]
    after = fit.own(body).shaped(fit.betas).vertices[flame.vertex_ids]
    assert mesh.vertex_loss(after, wanted) < 0.5 * mesh.vertex_loss(before, wanted)
    assert mesh.neck_loss(fit.face_offset[flame.vertex_ids]) < 1e-6
