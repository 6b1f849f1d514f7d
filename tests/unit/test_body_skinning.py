"""Skinning against the smplx package, in gradients, and in what each offset moves."""

from dataclasses import replace

import numpy as np
import pytest
import smplx
import torch
from smplx.lbs import lbs

from understudy.body.landmarks import FACE, landmarks
from understudy.body.model import BodyModel
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix


def random_pose(n: int, seed: int, expressions: int = 50) -> Pose:
    g = torch.Generator().manual_seed(seed)
    return Pose.from_full(
        torch.randn(n, 55, 3, generator=g) * 0.5,
        torch.randn(n, expressions, generator=g),
        torch.randn(n, 3, generator=g),
    )


def reference_arguments(pose: Pose) -> dict[str, torch.Tensor]:
    return {name: getattr(pose, name).flatten(1) for name in Pose.names()}


def test_parity_with_smplx_over_100_poses_shapes_expressions(body, body_file):
    shapes = body.shapedirs.shape[-1]
    reference = smplx.create(
        str(body_file),
        model_type="smplx",
        use_pca=False,
        flat_hand_mean=True,
        num_betas=shapes,
        num_expression_coeffs=50,
    )
    g = torch.Generator().manual_seed(1)
    poses = random_pose(100, seed=2)
    for k in range(0, 100, 5):  # 20 people in 5 frames each
        betas, pose = torch.randn(shapes, generator=g), poses[k : k + 5]
        with torch.no_grad():
            ours = body.shaped(betas).pose(pose)
            theirs = reference(betas=betas.expand(5, -1), **reference_arguments(pose))
        assert (ours.vertices - theirs.vertices).norm(dim=-1).max() < 1e-5
        assert (ours.joints - theirs.joints[:, :55]).norm(dim=-1).max() < 1e-5
        static_face = landmarks(ours, body.landmarks)[:, FACE][:, 17:]
        assert (static_face - theirs.joints[:, 76:127]).norm(dim=-1).max() < 1e-4


def tiny_body(body: BodyModel) -> BodyModel:
    """A 40-vertex part of the body, in float64, with random pose correctives."""
    tiny = body.submesh(torch.arange(0, len(body.v_template), len(body.v_template) // 40)[:40])
    g = torch.Generator().manual_seed(3)
    correctives = torch.randn(40, 3, 486, generator=g) * 0.01
    return replace(tiny, posedirs=correctives).to(dtype=torch.float64)


def test_real_pose_correctives_agree_with_smplx(body):
    tiny, n = tiny_body(body), 6
    pose = random_pose(n, seed=4).to(torch.float64)
    betas = torch.linspace(-1, 1, 8, dtype=torch.float64)
    ours = tiny.shaped(betas).pose(pose)
    # The reference regresses joints from vertices: ours are passed to it as 55 more vertices.
    joint_moves = torch.cat([tiny.J_shapedirs[..., :8], tiny.J_exprdirs], -1)
    moves = torch.cat([torch.cat([tiny.shapedirs[..., :8], tiny.exprdirs], -1), joint_moves])
    vertices, _ = lbs(
        torch.cat([betas.expand(n, -1), pose.expression], 1),
        pose.full().flatten(1),
        torch.cat([tiny.v_template, tiny.J_template]),
        moves,
        torch.cat([tiny.posedirs, torch.zeros(55, 3, 486)]).reshape(-1, 486).T,
        torch.cat([torch.zeros(55, 40), torch.eye(55)], 1).to(torch.float64),
        torch.tensor(tiny.parents),
        torch.cat([tiny.weights, torch.eye(55)]),
    )
    expected = vertices[:, :40] + pose.transl[:, None]
    assert (ours.vertices - expected).abs().max() < 1e-6  # lbs adds 1e-8 to each angle


@pytest.mark.parametrize("rest", [True, False])
def test_gradients_of_everything(body, rest):
    tiny = tiny_body(body).submesh(torch.tensor([0, 7, 21]))
    pose = Pose.rest(2) if rest else random_pose(2, seed=5)
    inputs = [
        torch.full((3,), 0.3, dtype=torch.float64),
        torch.zeros(55, 3, dtype=torch.float64),
        torch.zeros(3, 3, dtype=torch.float64),
        pose.full()[:, :6].to(torch.float64),
        pose.expression[:, :3].to(torch.float64),
        pose.transl.to(torch.float64),
    ]

    def skin(betas, joint_offset, vertex_offset, turned, expression, transl):
        full = torch.cat([turned, torch.full((2, 49, 3), 0.1, dtype=torch.float64)], 1)
        shaped = tiny.shaped(betas, joint_offset, vertex_offset)
        posed = shaped.skin(axis_angle_to_matrix(full), transl, expression)
        return posed.vertices, posed.joints[:, 20:24]

    assert torch.autograd.gradcheck(skin, [x.requires_grad_() for x in inputs], fast_mode=True)


def test_transforms_carry_rest_joints_and_rigid_vertices(body):
    shaped = body.shaped(torch.tensor([1.0, -0.5]))
    posed = shaped.skin(axis_angle_to_matrix(random_pose(3, 6).full()), random_pose(3, 6).transl)
    at_rest = torch.cat([shaped.joints, torch.ones(55, 1)], 1)
    carried = (posed.transforms @ at_rest[..., None])[..., :3, 0]
    torch.testing.assert_close(carried, posed.joints, atol=1e-5, rtol=0)
    vertex = int((body.weights[:, body.joint("head")] == 1).nonzero()[0])
    point = torch.cat([shaped.vertices[vertex], torch.ones(1)])
    moved = (posed.transforms[:, body.joint("head")] @ point)[:, :3]
    torch.testing.assert_close(moved, posed.vertices[:, vertex], atol=1e-5, rtol=0)


def test_offsets_move_what_they_name(body):
    betas = torch.zeros(4)
    plain = body.shaped(betas)
    knee = torch.zeros(55, 3)
    knee[body.joint("left_knee"), 1] = 0.02
    skin = torch.zeros_like(body.v_template)
    skin[100] = 0.01
    moved = body.shaped(betas, joint_offset=knee, vertex_offset=skin)
    torch.testing.assert_close(moved.joints - plain.joints, knee, atol=1e-6, rtol=0)
    torch.testing.assert_close(moved.vertices - plain.vertices, skin, atol=1e-6, rtol=0)
    at_rest = moved.pose(Pose.rest(1))
    torch.testing.assert_close(at_rest.vertices[0], moved.vertices, atol=1e-6, rtol=0)


def test_frames_do_not_depend_on_their_batch(body):
    shaped, pose = body.landmark_submesh().shaped(torch.ones(10)), random_pose(7, 8)
    together = shaped.pose(pose).vertices
    alone = torch.cat([shaped.pose(pose[[i]]).vertices for i in range(7)])
    torch.testing.assert_close(together, alone, atol=1e-6, rtol=0)


def test_submesh_is_a_part_of_the_whole(body):
    pose, betas = random_pose(3, 9), torch.linspace(-1, 1, 10)
    whole = body.shaped(betas).pose(pose)
    part = body.landmark_submesh()
    assert len(part.v_template) < 300
    posed = part.shaped(betas).pose(pose)
    expected = landmarks(whole, body.landmarks)
    assert expected.shape == (3, 133, 3)
    torch.testing.assert_close(landmarks(posed, part.landmarks), expected, atol=1e-6, rtol=0)
    wrist = body.landmarks.names.index("left_hand_root")
    torch.testing.assert_close(expected[:, wrist], whole.joints[:, body.joint("left_wrist")])
    assert body.submesh(torch.arange(5)).landmarks is None


def test_too_many_betas_are_refused(body):
    with pytest.raises(ValueError, match="betas"):
        body.shaped(torch.zeros(1000))


def test_the_pelvis_does_not_turn_about_the_origin(body):
    turned = Pose.rest(1)
    full = turned.full()
    full[0, 0, 1] = np.pi / 2
    posed = body.shaped(torch.zeros(1)).pose(Pose.from_full(full, turned.expression, turned.transl))
    torch.testing.assert_close(posed.joints[0, 0], body.J_template[0])
    assert posed.vertices[0, :, 2].min() < -0.7  # the left arm, +x, now points to −z
