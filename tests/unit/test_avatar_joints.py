"""Joints at rest, recovered from images of a person whose limbs bend."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.unit.avatar_scene import painted_avatar, render_fit, standing_fit
from understudy.avatar.training.alignment import Alignment
from understudy.avatar.training.joints import JOINTS, POSE, JointSystem
from understudy.avatar.training.masked_frame import MaskedFrame
from understudy.avatar.training.poses import PARTS, CorrectedPoses
from understudy.avatar.training.settings import AlignSettings
from understudy.body.pose import Pose
from understudy.body.skeleton import BODY_JOINTS
from understudy.gaussians.rig import Rig

SIZE = (192, 136)
FRAMES = 12
SETTINGS = AlignSettings(blurs=(1.5, 1.0), turn_trust=0.1)
OFF = 0.03  # m that the elbows are out of place, along the arm; across, along the hinge's axis, it
# would move nothing
ROUNDS = 4


@pytest.fixture(scope="module")
def waving(body):
    """An avatar, and its fit: turning around, the elbows bent more and more."""
    avatar = painted_avatar(body, max_edge=0.03)
    fit = standing_fit(avatar, FRAMES, SIZE)
    full = fit.pose.full()
    bent = torch.linspace(0.2, 1.4, FRAMES)
    for side, sign in (("left_elbow", -1.0), ("right_elbow", 1.0)):
        full[:, body.joint(side), 1] = sign * bent
    pose = Pose.from_full(full, fit.pose.expression, fit.pose.transl)
    return avatar, replace(fit, pose=pose)


def test_elbows_out_of_place_are_put_back(waving):
    avatar, fit = waving
    rgb, alpha = render_fit(avatar, fit)
    views = [MaskedFrame.cut_out(c + 1 - a, a) for c, a in zip(rgb, alpha, strict=True)]
    body, rig = avatar.rig.body, avatar.rig
    elbows = [body.joint(name) for name in ("left_elbow", "right_elbow")]
    wrong = torch.zeros(55, 3)
    wrong[elbows, 0] = OFF
    place, poses = wrong.clone(), CorrectedPoses(fit.pose)
    for _ in range(ROUNDS):
        moved = replace(avatar, rig=Rig(body, rig.surface, rig.betas, place))
        alignment, system = Alignment(moved, torch.ones(PARTS), SETTINGS), JointSystem()
        for t, view in enumerate(views):
            correction, *equations = alignment.solve(
                poses.frames[t], poses.corrections[t], view, fit.K
            )
            poses.corrections[t] = correction
            system.add(t, *equations)
        change = system.solved((place - wrong)[:BODY_JOINTS], trust=0.05)
        place[:BODY_JOINTS] += change
    assert place[elbows].norm(dim=1).max() < 0.5 * OFF


def test_frames_that_tell_nothing_leave_the_joints_where_they_are():
    system = JointSystem()
    blind = np.diag(np.r_[np.ones(POSE), np.zeros(JOINTS)])
    system.add(0, blind, np.zeros(POSE + JOINTS))
    moved = torch.zeros(BODY_JOINTS, 3)
    assert system.solved(moved, trust=0.01).abs().max() == 0
    assert system.followed(0, torch.ones(BODY_JOINTS, 3)).abs().max() == 0


def test_poses_follow_as_the_whole_system_has_it():
    """Joints by the Schur complement and poses after them are the solution of all equations."""
    rng = np.random.default_rng(0)
    root = rng.normal(size=(POSE + JOINTS, POSE + JOINTS))
    normal, pull = root @ root.T + np.eye(len(root)), rng.normal(size=len(root))
    pull[:POSE] = 0  # as after a pose was aligned
    system = JointSystem()
    system.add(0, normal, pull)
    change = system.solved(torch.zeros(BODY_JOINTS, 3, dtype=torch.float64), trust=1e6)
    step = system.followed(0, change)
    truth = np.linalg.solve(normal, pull)
    assert np.allclose(change.ravel(), truth[POSE:], rtol=1e-6, atol=1e-9)
    assert np.allclose(step.ravel(), truth[:POSE], rtol=1e-3, atol=1e-4 * np.abs(truth).max())
