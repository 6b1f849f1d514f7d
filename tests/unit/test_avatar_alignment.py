"""Poses aligned to images whose pose is known."""

from dataclasses import replace

import pytest
import torch

from tests.unit.avatar_scene import painted_avatar, render_fit, standing_fit
from understudy.avatar.training.alignment import Alignment
from understudy.avatar.training.masked_frame import MaskedFrame
from understudy.avatar.training.poses import PARTS, CorrectedPoses, combined, frame_poses
from understudy.avatar.training.settings import AlignSettings
from understudy.body.skeleton import BODY_JOINTS

SETTINGS = AlignSettings(blurs=(2.0, 1.5, 1.0, 1.0), turn_trust=0.2, transl_trust=0.1)


@pytest.fixture(scope="module")
def avatar(body):
    return painted_avatar(body, max_edge=0.03)


@pytest.fixture(scope="module")
def pictures(avatar):
    """(fit, views): four sides of the person, and their true poses."""
    fit = standing_fit(avatar, 4, (160, 112))
    rgb, alpha = render_fit(avatar, fit)
    views = [
        MaskedFrame.cut_out(c + 1 - a, (a > 0.5).float()) for c, a in zip(rgb, alpha, strict=True)
    ]
    return fit, views


def joints_seen(avatar, fit, frame, correction):
    """(22,2) px."""
    posed = avatar.rig.skeleton.skin(*frame.corrected(correction))
    image = posed.joints[0, :BODY_JOINTS] @ fit.K.T
    return image[:, :2] / image[:, 2:]


def test_disturbed_poses_are_found_again(avatar, pictures):
    fit, views = pictures
    g = torch.Generator().manual_seed(0)
    alignment = Alignment(avatar, torch.ones(PARTS), SETTINGS)
    before, after = [], []
    for frame, view in zip(frame_poses(fit.pose), views, strict=True):
        truth = joints_seen(avatar, fit, frame, torch.zeros(PARTS, 3))
        start = torch.randn(PARTS, 3, generator=g) * 0.05
        start[BODY_JOINTS] *= 0.3
        found = alignment.align(frame, start, view, fit.K)
        for errors, correction in ((before, start), (after, found)):
            off = joints_seen(avatar, fit, frame, correction) - truth
            errors.append(off.norm(dim=1).mean())
    assert torch.stack(after).mean() < 0.35 * torch.stack(before).mean()


def test_what_is_not_free_stays(avatar, pictures):
    """Only the root may move: the limbs' corrections stay the same to the last digit."""
    fit, views = pictures
    root = torch.zeros(PARTS)
    root[[0, BODY_JOINTS]] = 1
    start = torch.full((PARTS, 3), 0.02)
    frame = frame_poses(fit.pose)[0]
    found = Alignment(avatar, root, SETTINGS).align(frame, start, views[0], fit.K)
    assert torch.allclose(found[1:BODY_JOINTS], start[1:BODY_JOINTS], atol=1e-6)
    assert not torch.allclose(found[0], start[0], atol=1e-3)


def test_pixels_of_no_trust_say_nothing(avatar, pictures):
    fit, views = pictures
    nothing = torch.zeros_like(views[0].mask)
    blind = replace(views[0], color_trust=nothing, mask_trust=nothing)
    start = torch.full((PARTS, 3), 0.02)
    alignment = Alignment(avatar, torch.ones(PARTS), SETTINGS)
    found = alignment.align(frame_poses(fit.pose)[0], start, blind, fit.K)
    assert torch.allclose(found, start, atol=1e-6)


def test_corrections_follow_one_another():
    g = torch.Generator().manual_seed(1)
    first, second = (torch.randn(PARTS, 3, generator=g) * 0.3 for _ in range(2))
    assert torch.allclose(combined(torch.zeros(PARTS, 3), first), first, atol=1e-6)
    whole = combined(second, first)
    assert torch.allclose(whole[BODY_JOINTS], first[BODY_JOINTS] + second[BODY_JOINTS])
    assert torch.allclose(combined(-second, whole)[:BODY_JOINTS], first[:BODY_JOINTS], atol=1e-5)


def test_frames_never_aligned_take_what_lies_between(pictures):
    fit, _ = pictures
    poses = CorrectedPoses(fit.pose)
    poses.corrections[0], poses.corrections[2] = 1.0, 2.0
    poses.interpolate([0, 2])
    assert torch.allclose(poses.corrections[1], torch.full((PARTS, 3), 1.5))
    assert torch.allclose(poses.corrections[3], torch.full((PARTS, 3), 2.0))
