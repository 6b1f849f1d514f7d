"""A Pose's layout is SMPL-X's, and nothing is lost on the way to and from files."""

import numpy as np
import torch
from smplx.joint_names import JOINT_NAMES as SMPLX_NAMES

from understudy.body.pose import Pose
from understudy.body.skeleton import JOINT_NAMES, PARENTS


def random_pose(n: int) -> Pose:
    g = torch.Generator().manual_seed(n)
    return Pose.from_full(
        torch.randn(n, 55, 3, generator=g),
        torch.randn(n, 50, generator=g),
        torch.randn(n, 3, generator=g),
    )


def test_the_skeleton_is_smplx():
    assert list(JOINT_NAMES) == SMPLX_NAMES[:55]
    assert [JOINT_NAMES[p] for p in PARENTS[25:28]] == ["left_wrist", "left_index1", "left_index2"]
    assert all(parent < joint for joint, parent in enumerate(PARENTS))


def test_parts_land_on_their_joints():
    pose = random_pose(4)
    full = pose.full()
    assert full.shape == (4, 55, 3)
    assert torch.equal(full[:, JOINT_NAMES.index("jaw")], pose.jaw_pose)
    assert torch.equal(full[:, JOINT_NAMES.index("right_eye_smplhf")], pose.reye_pose)
    assert torch.equal(full[:, JOINT_NAMES.index("left_hip")], pose.body_pose[:, 0])
    assert torch.equal(full[:, JOINT_NAMES.index("right_index1")], pose.right_hand_pose[:, 0])
    again = Pose.from_full(full, pose.expression, pose.transl)
    assert all(torch.equal(getattr(again, name), getattr(pose, name)) for name in Pose.names())


def test_frames_are_cut_and_joined():
    pose = random_pose(5)
    joined = Pose.cat([pose[:2], pose[[2, 3]], pose[torch.tensor([False] * 4 + [True])]])
    assert len(joined) == 5
    assert torch.equal(joined.full(), pose.full())


def test_arrays_come_back():
    pose = random_pose(3)
    arrays = pose.to_numpy()
    assert arrays["left_hand_pose"].shape == (3, 15, 3) and arrays["expression"].dtype == np.float32
    again = Pose.from_numpy({**arrays, "betas": np.zeros(10)})
    assert torch.equal(again.full(), pose.full()) and torch.equal(again.transl, pose.transl)


def test_rest_is_the_t_pose():
    pose = Pose.rest(2)
    assert len(pose) == 2 and not pose.full().any() and pose.expression.shape == (2, 50)
