"""Images of a fit."""

from dataclasses import replace

import fit_clips
import numpy as np
import pytest
import torch
from fit_clips import SIZE, waving

from understudy.artifacts.fit import PARTS, Fit
from understudy.artifacts.fit_quality import SEEN_PARTS
from understudy.report.overlay import overlay_frames

ALL_SEEN = np.ones((3, len(SEEN_PARTS)), bool)


@pytest.fixture(scope="module")
def fit(body):
    up = np.array([0, -np.cos(np.radians(12)), -np.sin(np.radians(12))])
    return Fit(
        pose=waving(body, 3, yaw=0.0),
        betas=torch.zeros(10),
        joint_offset=torch.zeros(55, 3),
        K=torch.tensor(fit_clips.CAMERA, dtype=torch.float32),
        fps=25.0,
        size=SIZE,
        confidence=np.ones(3),
        error=dict.fromkeys(PARTS, 0.0),
        up=up,
        about={},
    )


def test_body_is_drawn_where_it_projects(fit, body):
    frames = np.full((2, *SIZE, 3), 128, np.uint8)
    drawn = overlay_frames(frames, fit, ALL_SEEN, body, [0, 2])
    changed = (np.abs(drawn.astype(int) - 128).max(-1) > 8)[1]
    points = fit_clips.project(fit_clips.points_of(body, fit.pose[[2]], [0.0]))[0, :17]
    rows, columns = np.nonzero(changed)
    assert changed[points[11:17, 1].astype(int), points[11:17, 0].astype(int)].all()
    assert abs(columns.mean() - points[5:17, 0].mean()) < 25
    assert rows.min() > points[:, 1].min() - 60 and rows.max() < points[:, 1].max() + 40
    left, right = points[13].astype(int), points[14].astype(int)  # knees: orange and blue
    assert drawn[1, left[1], left[0], 0] > drawn[1, left[1], left[0], 2]
    assert drawn[1, right[1], right[0], 2] > drawn[1, right[1], right[0], 0]


def test_bridged_frames_are_drawn_without_colour(fit, body):
    frames = np.full((2, *SIZE, 3), 128, np.uint8)
    bridged = replace(fit, confidence=np.array([1.0, 0.0, 1.0]))
    drawn = overlay_frames(frames, bridged, ALL_SEEN, body, [0, 1]).astype(int)
    tint = np.ptp(drawn, axis=-1).reshape(2, -1).max(1)
    assert tint[0] > 60 and tint[1] <= 1
    shade = np.abs(drawn - 128).reshape(2, -1).max(1)
    assert 20 < shade[1] < shade[0]


def test_parts_not_seen_are_drawn_in_a_colour_of_their_own(fit, body):
    frames = np.full((2, *SIZE, 3), 128, np.uint8)
    seen = ALL_SEEN.copy()
    seen[1, SEEN_PARTS.index("left_leg")] = False
    drawn = overlay_frames(frames, fit, seen, body, [0, 1]).astype(int)
    places = fit_clips.project(fit_clips.points_of(body, fit.pose[[0, 1]], [0.0])).astype(int)
    knees = np.array([drawn[i, at[13:15, 1], at[13:15, 0]] for i, at in enumerate(places)])
    left, right = knees.swapaxes(0, 1)
    assert left[0, 0] > left[0, 1] > left[0, 2]  # orange, then pink
    assert (left[1, [0, 2]] > left[1, 1] + 40).all()
    assert (right[:, 2] > right[:, 0]).all()  # blue
    elbow = [drawn[i, at[7, 1], at[7, 0]] for i, at in enumerate(places)]
    assert all(colour[0] > colour[2] for colour in elbow)  # orange
