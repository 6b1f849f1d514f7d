"""ExAvatar: the parts against their definitions."""

import math
from dataclasses import replace

import flame_files
import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d

from tests.unit.avatar_scene import painted_avatar, standing_fit
from understudy.avatar.training.exavatar.face import TEXELS, FaceTexture
from understudy.avatar.training.exavatar.human import Human
from understudy.avatar.training.exavatar.losses import Regularisers, bordered_ssim, part_weights
from understudy.avatar.training.exavatar.mesh import big_pose, points_of, subdivided
from understudy.avatar.training.exavatar.networks import Perceptron, Planes
from understudy.avatar.training.exavatar.settings import ExAvatarSettings, PartWeights
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.body.flame import join_flame, load_flame
from understudy.body.load import load_body
from understudy.body.rotation import axis_angle_to_matrix
from understudy.configuration.check import checked_config
from understudy.errors import UserError
from understudy.plan.effective import avatar_settings

SMALL = ExAvatarSettings(
    subdivisions=0, epochs=1, repeats=2, plane_size=16, plane_channels=4, hidden=16
)
SIZE = (112, 96)


def person(body, flame=None, joint_offset=None):
    """Somebody who was not filmed."""
    fit = standing_fit(painted_avatar(body, torch.tensor([0.5, -0.3])), frames=4, size=SIZE)
    fit = fit if joint_offset is None else replace(fit, joint_offset=joint_offset)
    return Subject(None, "", fit, body, flame)


@pytest.fixture(scope="module")
def human(body):
    torch.manual_seed(0)
    return Human(person(body), SMALL)


@pytest.fixture(scope="module")
def bending(body):
    """A person of a body that has pose correctives."""
    generator = torch.Generator().manual_seed(0)
    directions = 0.002 * torch.randn(len(body.v_template), 3, 486, generator=generator)
    torch.manual_seed(0)
    return Human(person(replace(body, posedirs=directions)), SMALL)


def test_two_subdivisions_of_the_body_have_as_many_points_as_euler_says(body):
    surface, parts = subdivided(body, 0, None)
    faces = len(surface.faces)
    sides = surface.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).sort(1).values
    edges = len(sides.unique(dim=0))
    twice, _ = subdivided(body, 2, None)
    # V + E, then the same again with E' = 2 E + 3 F
    assert len(twice) == len(surface) + edges + 2 * edges + 3 * faces
    assert len(twice.faces) == 16 * faces
    assert torch.allclose(twice.weights.sum(1), torch.ones(len(twice)))
    assert (parts.left_hand & parts.right_hand).sum() == 0
    assert parts.expression[parts.face].any() and not parts.hands[parts.face].any()
    assert not parts.cavity.any()  # SMPL-X's lips alone are closed


def test_planes_read_what_lies_at_a_points_place():
    points = torch.tensor([[-0.5, 0.25, 0.1], [0.5, -0.25, -0.1]])  # mean zero
    planes = Planes(points, side=2.0, channels=2, size=64)
    assert not planes().any()  # zero at first
    ramp = (torch.arange(64) + 0.5) / 32 - 1  # a texel's own position
    with torch.no_grad():
        planes.texels[:, 0] = ramp  # along each plane's first axis
        planes.texels[:, 1] = ramp[:, None]
    x, y, z = points.T
    expected = torch.stack([x, y, x, z, y, z], 1)
    assert torch.allclose(planes(), expected, atol=1e-5)


def test_what_points_share_is_as_if_each_had_it():
    torch.manual_seed(1)
    network = Perceptron(5, 7, 16, (3, 1))
    own, shared = torch.randn(9, 5), torch.randn(7)
    whole = Perceptron(12, 0, 16, (3, 1))
    whole.load_state_dict(network.state_dict())
    together = whole(torch.cat([own, shared.expand(9, 7)], 1))
    for a, b in zip(network(own, shared), together, strict=True):
        assert torch.allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("who", ["human", "bending"])
def test_an_offset_in_the_big_pose_is_the_same_offset_at_rest(who, request):
    """An avatar made with an offset, put into the big pose, is the posed body plus the offset."""
    human = request.getfixturevalue(who)
    body = human.rig.body
    features = human.features()
    looks = human.looks(features)
    generator = torch.Generator().manual_seed(0)
    offset = 0.01 * torch.randn(looks.offset.shape, generator=generator)
    avatar = human.avatar(replace(looks, offset=offset), human.rig)
    rotations = axis_angle_to_matrix(big_pose(body))
    posed = avatar.pose_rotations(rotations, torch.zeros(1, 3), torch.zeros(1, 50)).means[0]
    bare = body.shaped(human.betas).skin(rotations, torch.zeros(1, 3)).vertices[0]
    bare = human.surface.interpolate(bare)
    assert torch.allclose(posed, bare + offset, atol=1e-5)


def test_points_take_the_weights_of_the_nearest_vertex(body, human):
    surface, rig = human.surface, human.nearest_rig()
    kept = human.parts.hands | human.parts.face
    assert torch.equal(rig.surface.vertex_ids[kept], surface.vertex_ids[kept])
    assert (rig.surface.weights[~kept] == torch.tensor([1.0, 0, 0])).all()
    shaped = body.shaped(human.betas, human.joint_offset)
    posed = shaped.skin(axis_angle_to_matrix(big_pose(body)), torch.zeros(1, 3)).vertices[0]
    with torch.no_grad():
        points = surface.interpolate(posed) + human.looks(human.features()).offset
        some = torch.nonzero(~kept)[::50, 0]
        used = surface.vertex_ids.unique()
        distances = torch.cdist(points[some], posed[used])
        chosen = (points[some] - posed[rig.surface.vertex_ids[some, 0]]).norm(dim=1)
    assert torch.allclose(chosen, distances.amin(1), atol=1e-5)


def some_pose(body):
    """Everything turned a little, a smile."""
    generator = torch.Generator().manual_seed(1)
    turns = 0.3 * torch.randn(1, 55, 3, generator=generator)
    smile = torch.randn(1, body.exprdirs.shape[-1], generator=generator)
    return axis_angle_to_matrix(turns), torch.zeros(1, 3), smile


def test_the_pose_changes_neither_hands_nor_face(body, human):
    features = human.features()
    looks = human.looks(features)
    avatar = human.avatar(looks, human.rig)
    pose = (torch.eye(3).repeat(1, 55, 1, 1), torch.zeros(1, 3), torch.zeros(1, 50))
    cloud, change = human.refined(avatar, looks, features, pose)
    still = human.parts.hands | human.parts.expression
    assert not change.offset[still].any() and change.offset[~still].any()
    base = avatar.pose_rotations(*pose)
    assert torch.allclose(cloud.means[0, still], base.means[0, still])
    assert (cloud.colors >= 0).all() and (cloud.colors <= 1).all()


def test_pose_correctives_move_only_hands_and_expressive_face_and_only_when_refined(bending):
    """The plain Gaussians keep the big pose's correctives in every pose."""
    human, body = bending, bending.rig.body
    with torch.no_grad():
        features = human.features()
        looks = replace(human.looks(features), offset=torch.zeros(len(human.surface), 3))
        avatar, pose = human.avatar(looks, human.rig), some_pose(body)
        big = axis_angle_to_matrix(big_pose(body))
        big_features = (big[0, 1:] - torch.eye(3)).flatten()
        template = body.v_template + (body.posedirs * big_features).sum(-1)
        still = replace(body, v_template=template, posedirs=None).shaped(human.betas)
        posed = human.surface.interpolate(still.skin(*pose).vertices[0])
        plain = avatar.pose_rotations(*pose).means[0]
        assert torch.allclose(plain, posed, atol=1e-5)
        for net in human.geometry_change.heads:
            torch.nn.init.zeros_(net.weight), torch.nn.init.zeros_(net.bias)
        refined = human.refined(avatar, looks, features, pose)[0].means[0]
    moved = (refined - plain).norm(dim=1) > 1e-6
    kept = human.parts.hands | human.parts.expression
    assert moved[kept].all() and not moved[~kept].any()
    both = replace(
        still,
        vertices=still.vertices
        + (body.posedirs * (pose[0][0, 1:] - torch.eye(3)).flatten()).sum(-1),
    )
    wanted = human.surface.interpolate(both.skin(*pose).vertices[0])
    assert torch.allclose(refined[kept], wanted[kept], atol=1e-5)


def test_the_pelvis_does_not_follow_its_offset(body):
    offset = torch.zeros(55, 3)
    offset[0], offset[5] = 0.05, 0.02
    human = Human(person(body, joint_offset=offset), SMALL)
    avatar = human.avatar(human.looks(human.features()), human.nearest_rig())
    assert not avatar.rig.joint_offset[0].any()
    assert torch.equal(avatar.rig.joint_offset[1:], offset[1:])


def test_parts_follow_flame_where_it_is_joined(tmp_path, body_file):
    flame, ids = flame_files.write_flame(tmp_path, body_file)
    join_flame(body_file, flame, ids, tmp_path / "joined.npz")
    body = load_body(tmp_path / "joined.npz")
    flame = load_flame(tmp_path / "joined.npz", body)
    surface, parts = subdivided(body, 0, flame)
    ids, of = flame.vertex_ids, points_of(surface, len(body.v_template))
    face = torch.zeros(len(body.v_template), dtype=torch.bool)
    face[ids] = True
    own = of >= 0
    assert torch.equal(parts.face[of[own]], face[own])
    for still in (flame.neck, flame.eyes):
        points = of[ids[still]]
        assert not parts.expression[points[points >= 0]].any()
    eyes = of[ids[flame.eyes]]
    assert parts.unwrapped[eyes[eyes >= 0]].all()  # made to be moved by every expression
    assert (parts.expression & ~parts.unwrapped).sum() == 0


def total(regularise, *arguments, largest=math.inf):
    return sum(float(x.detach()) for x in regularise.terms(*arguments, largest).values())


def test_regularisers_are_their_definitions(body, human):
    """A hand-made case: one offset of one point, all else at rest."""
    regularise = Regularisers(human, SMALL.weights, torch.device("cpu"))
    count = len(human.surface)
    point = int((human.rig.weights.argmax(1) == body.joint("spine2")).nonzero()[0])
    with torch.no_grad():
        looks = human.looks(human.features())
    flat = replace(
        looks,
        offset=torch.zeros(count, 3),
        log_scale=torch.full((count, 1), -4.0),
        logits=torch.zeros(count, 3),
    )
    still = replace(flat, log_scale=torch.zeros(count, 1))
    grey = torch.full((count, 3), 0.5)
    rest = total(regularise, flat, still, grey)
    scale = part_weights(SMALL.weights.scale, human.parts) * np.exp(-8.0)
    assert rest == pytest.approx(float(scale.mean()), rel=1e-4)
    moved = flat.offset.clone()
    moved[point, 0] = 0.01
    found = total(regularise, replace(flat, offset=moved), still, grey) - rest
    neighbours = [set(f) - {point} for f in human.surface.faces.tolist() if point in f]
    ring = set.union(*neighbours)
    degree = {p: set() for p in ring}
    for face in human.surface.faces.tolist():
        for p in set(face) & ring:
            degree[p] |= set(face) - {p}
    lap = 1 + sum(1 / len(degree[p]) ** 2 for p in ring)  # (I − D^-1 A) of a unit spike, squared
    w = SMALL.weights
    expected = 1e-4 * (w.offset.body + 2 * w.offset_laplacian.body * lap) / (3 * count)
    assert found == pytest.approx(expected, rel=1e-2)


def test_scales_are_smooth_only_as_far_as_they_are_drawn(human):
    """In the warm-up larger ones are drawn alike."""
    regularise = Regularisers(human, SMALL.weights, torch.device("cpu"))
    with torch.no_grad():
        looks = human.looks(human.features())
    uneven = torch.linspace(-5, -3, len(human.surface))[:, None]
    looks = replace(looks, log_scale=uneven)
    still = replace(looks, log_scale=torch.zeros_like(uneven))
    free, warm = (regularise.terms(looks, still, looks.colors, most) for most in (math.inf, 0.001))
    assert free["scale_laplacian"] > 0 and warm["scale_laplacian"] < 1e-12
    assert free["scale"] == warm["scale"] > 0


def test_ssim_looks_beyond_the_border():
    """As a convolution that pads with zeros."""
    a, b = torch.rand(2, 20, 24, 3, generator=torch.Generator().manual_seed(0))
    window = torch.exp(-((torch.arange(11.0) - 5) ** 2) / (2 * 1.5**2))
    window = (window / window.sum()).outer(window / window.sum()).expand(3, 1, 11, 11)

    def mean(x):
        return conv2d(x.permute(2, 0, 1)[None], window, padding=5, groups=3)

    ma, mb = mean(a), mean(b)
    va, vb, both = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
    likeness = (2 * ma * mb + 1e-4) * (2 * both + 9e-4)
    likeness = likeness / ((ma**2 + mb**2 + 1e-4) * (va + vb + 9e-4))
    assert bordered_ssim(a, b) == pytest.approx(float(likeness.mean()), abs=1e-5)


def test_a_texture_is_sampled_in_perspective():
    """One whose colours are the corners' shares: they lead to the point that a pixel shows."""
    points = torch.tensor([[-0.5, -0.5, 2.0], [0.6, -0.4, 3.0], [0.0, 0.5, 2.5]])
    K = torch.tensor([[40.0, 0, 20], [0, 40, 22], [0, 0, 1]])
    known = torch.ones(1, len(TEXELS), dtype=torch.bool)
    texture = FaceTexture(torch.tensor([[0, 1, 2]]), TEXELS[None], known)
    pasted = texture.pasted(points, K, torch.full((40, 44, 3), -1.0))
    row, column = (pasted[..., 0] >= 0).nonzero().T
    assert len(row) > 100
    shown = pasted[row, column] @ points @ K.T
    wanted = torch.stack([column, row], 1) + 0.5
    assert torch.allclose(shown[:, :2] / shown[:, 2:], wanted, atol=1e-3)


def test_weights_by_part(human):
    weights = part_weights(PartWeights(1.0, hands=7.0, expression=3.0), human.parts)[:, 0]
    assert (weights[human.parts.hands] == 7).all()
    assert (weights[human.parts.expression] == 3).all()
    assert (weights[~human.parts.hands & ~human.parts.expression] == 1).all()


def test_words_that_are_none_are_refused():
    with pytest.raises(UserError, match="preset must be release or paper"):
        ExAvatarSettings(preset="mine")
    with pytest.raises(UserError, match="subdivisions must be 0, 1 or 2"):
        ExAvatarSettings(subdivisions=3)
    with pytest.raises(UserError, match=r"avatar\.model: no model 'other'; choose from dir"):
        TrainSettings("other", SMALL)


def test_the_configs_defaults_are_the_settings_own():
    config = checked_config({"labels": ["wave"], "avatar": {"model": "exavatar"}})
    settings = TrainSettings.from_config(avatar_settings(config), 7, checkpoint_seconds=60)
    assert settings.own == ExAvatarSettings()
    assert (settings.model, settings.seed) == ("exavatar", 7)
