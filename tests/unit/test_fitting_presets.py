"""The presets side by side, and where a network's pose lets them start."""

import re
from dataclasses import fields, replace
from functools import partial
from itertools import chain, combinations, pairwise, product
from pathlib import Path

import numpy as np
import pytest
from fit_clips import errors_mm, points_of, waving, write_keypoints, write_still

from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.artifacts.fit import load_fit
from understudy.body import rotation_numpy as rot
from understudy.errors import UserError
from understudy.fitting.features import read_features
from understudy.fitting.fit import fit_body
from understudy.fitting.initial_pose import first_pose, spatial_readings
from understudy.fitting.paper.preset import PaperPreset
from understudy.fitting.paper.settings import PaperFitSettings
from understudy.fitting.regressed import RegressedPose, steady_pose
from understudy.fitting.settings import FitSettings
from understudy.fitting.understudy.clip import fit_clip
from understudy.observation.observed import read_observed
from understudy.observation.viterbi import MOST, PASS_COST, TURN, steadiest

ROOT = Path(__file__).resolve().parents[2]
N = 40


def rotations_of(pose):
    """(n,22,3,3)"""
    return rot.exp(pose.full()[:, :22].numpy().astype(float))


def with_pose(hands: Path, rotations: np.ndarray) -> None:
    """Add a network's pose to a hands file."""
    stored = load_arrays(hands, "hands")
    turns = rot.log(rotations)
    pose = {"global_orient": turns[:, 0], "body_pose": turns[:, 1:]}
    save_arrays(hands, stored.arrays | pose, stored.about)


@pytest.fixture
def turning(tmp_path, body):
    """Features of a person who turns around once, without world landmarks; hands; the pose."""
    pose = waving(body, N, yaw=np.linspace(0, 2 * np.pi, N))
    points = points_of(body, pose)
    keypoints = write_keypoints(tmp_path / "keypoints.npz", points, world=False)
    expression, hands = write_still(tmp_path, N, body.model_id)

    def read(rotations=None):
        if rotations is not None:
            with_pose(hands, rotations)
        observed, _ = read_observed(keypoints, FitSettings())
        return read_features(observed, keypoints, expression, hands, body.model_id)

    return read, pose


def disturbed(pose, spread=0.12):
    """The true pose as a network might see it: every joint off by some degrees, differently."""
    true = rotations_of(pose)
    return true @ rot.exp(np.random.default_rng(2).normal(0, spread, (*true.shape[:2], 3)))


def test_flipping_twice_changes_nothing_and_once_keeps_the_outline(body):
    pose = waving(body, 5, yaw=0.4)
    there = RegressedPose(rotations_of(pose)).flipped()
    assert np.allclose(there.flipped().rotations, rotations_of(pose))
    full = pose.full().clone()
    turns = rot.log(there.rotations)
    full[:, :22] = full.new_tensor(turns)
    mirrored = replace(pose, global_orient=full[:, 0], body_pose=full[:, 1:22])
    found, true = points_of(body, mirrored, [0.0]), points_of(body, pose, [0.0])
    away = true - pose.transl.numpy()[:, None], found - pose.transl.numpy()[:, None]
    left, right = [5, 7, 9, 11, 13, 15], [6, 8, 10, 12, 14, 16]
    reflected = away[0][:, left] * [1.0, 1.0, -1.0]
    rest = body.J_template[0].numpy()  # the root turns about the pelvis
    off = away[1][:, right] - rest - (reflected - rest * [1, 1, -1])
    assert np.abs(off).max() < 0.006  # as far as the body is symmetric


def test_flipped_frames_of_a_turn_are_found(body):
    true = RegressedPose(rotations_of(waving(body, N, yaw=np.linspace(0, 2 * np.pi, N))))
    wrong = np.zeros(N, bool)
    wrong[15:25] = wrong[30] = True
    seen = np.ones(N, bool)
    seen[33:36] = False
    seen_as = np.where(wrong[:, None, None, None], true.flipped().rotations, true.rotations)
    steady = steady_pose(RegressedPose(seen_as), seen, fps=25.0)
    assert np.allclose(steady.rotations, true.rotations)


@pytest.mark.parametrize("seed", range(8))
def test_steadiest_path_by_trying_all(seed):
    """Every choice of readings and of frames to skip, and what it costs by the definition."""
    rng = np.random.default_rng(seed)
    frames, cost = 5, np.array([0.0, 0.3])
    yaws = np.cumsum(rng.normal(0, 1.0, (frames, 2)), 0)
    times = np.cumsum(rng.integers(1, 3, frames)).astype(float)

    def turn(before, after):
        return yaws[after][:, None] - yaws[before][None, :]

    def whole(path, kept):
        total = cost[path[kept]].sum()
        for before, after in pairwise(kept):
            share = turn(before, after)[path[after], path[before]] / TURN
            share /= max(times[after] - times[before], 1.0)
            total += min(share**2, MOST) + PASS_COST * (after - before - 1)
        return total

    def cheapest(path):
        inner = range(1, frames - 1)
        some = chain.from_iterable(combinations(inner, n) for n in range(frames - 1))
        return min(whole(path, [0, *kept, frames - 1]) for kept in some)

    found = steadiest(turn, times, cost)
    paths = [np.array(path) for path in product(range(2), repeat=frames)]
    assert np.isclose(cheapest(found), min(map(cheapest, paths)))


def test_begins_at_the_networks_pose(turning, body):
    read, pose = turning
    network = disturbed(pose)
    _, start = first_pose(spatial_readings(read(network), body), body.J_template.numpy())
    assert np.allclose(start.rotations, network)


def test_a_networks_pose_serves_our_fit_where_the_picture_does_not(turning, body):
    read, pose = turning
    without = errors_mm(fit_clip(read(), body, FitSettings()), body, pose).mean()
    network = RegressedPose(disturbed(pose))
    wrong = np.zeros(N, bool)
    wrong[14:22] = True
    flipped = np.where(wrong[:, None, None, None], network.flipped().rotations, network.rotations)
    found = errors_mm(fit_clip(read(flipped), body, FitSettings()), body, pose).mean()
    assert found < 55 and found < 0.7 * without


def test_a_networks_pose_of_another_length_is_refused(turning, body):
    read, pose = turning
    with pytest.raises(UserError, match=r"hands\.npz: is damaged \(global_orient is \(39, 3\)"):
        read(rotations_of(pose)[1:])


@pytest.fixture
def files(tmp_path, body, monkeypatch):
    """The feature files of a short clip; the paper's schedule cut to a few steps."""
    few = replace(PaperFitSettings(), steps=(6, 2, 2), warm_up=3)
    monkeypatch.setattr(PaperPreset, "of", partial(PaperPreset, settings=few))
    pose = waving(body, 10)
    keypoints = write_keypoints(tmp_path / "keypoints.npz", points_of(body, pose))
    return keypoints, *write_still(tmp_path, 10, body.model_id)


def test_presets_write_the_same_file(files, tmp_path, body, body_file):
    stored = {}
    for name in ("understudy", "paper"):
        out = tmp_path / f"{name}.npz"
        fit = fit_body(*files, body_file, out, FitSettings(), preset=name)
        stored[name] = load_arrays(out, "fit", body.model_id)
        assert len(load_fit(out, body.model_id)) == len(fit) == 10
        assert stored[name].about["preset"] == name
        assert stored[name].about["left_out"].startswith("FLAME: no face offset")
    ours, theirs = stored["understudy"].arrays, stored["paper"].arrays
    assert set(ours) == set(theirs)
    clip = {name for name in ours if name != "betas"}
    assert all(ours[name].shape == theirs[name].shape for name in clip)
    assert all(ours[name].dtype == theirs[name].dtype for name in ours)
    assert stored["paper"].about["settings"]["focal"] == 2000


def test_the_camera_belongs_to_the_preset(files, tmp_path, body_file):
    fixed = FitSettings(focal=0.9, focal_sigma=1e-6)
    fit = fit_body(*files, body_file, tmp_path / "a.npz", fixed, "understudy")
    assert fit.K[0, 0] == pytest.approx(0.9 * 640, rel=1e-4)
    settings = FitSettings(focal=0.9)
    fit = fit_body(*files, body_file, tmp_path / "b.npz", settings, preset="paper")
    assert fit.K[0, 0] == 2000


def test_an_unknown_preset_is_told(files, tmp_path, body_file):
    with pytest.raises(UserError, match="no preset 'papper'; choose from understudy, paper"):
        fit_body(*files, body_file, tmp_path / "fit.npz", FitSettings(), preset="papper")


def test_the_page_names_every_weight_and_no_other():
    page = (ROOT / "docs/fits.md").read_text(encoding="utf-8")
    pattern = r"\w+_(?:sigma|width|prior|speed|trust)"
    named = set(re.findall(rf"`({pattern})`", page))
    ours = {field.name for field in fields(FitSettings) if re.fullmatch(pattern, field.name)}
    assert named <= ours
    poses = {f"{part}_sigma" for part in ("collar", "foot_joint", "ankle", "neck", "wrist")}
    assert ours - named == poses  # the page's "spine_sigma, …, limb_pose_sigma"
