"""Avatars that ExAvatar's own training wrote, read as avatars of ours."""

import json

import numpy as np
import pytest
import torch
from exavatar_snapshot import gaussians, posed_means, write_body, write_released

from tests.unit.avatar_scene import film, painted_avatar, standing_fit
from understudy.artifacts.avatar import read_about
from understudy.avatar.evaluation.score import ScoreSettings, score_avatar
from understudy.avatar.released import convert
from understudy.avatar.released.avatar import read_released
from understudy.body.build import build_body
from understudy.body.load import load_body
from understudy.body.pose import Pose
from understudy.body.skeleton import JOINT_NAMES
from understudy.configuration.check import checked_config
from understudy.errors import UserError
from understudy.files import read_json
from understudy.plan.expected import expected_files
from understudy.plan.planned import Plan
from understudy.plan.tables import Tables

LEGS = [k for k, name in enumerate(JOINT_NAMES) if name.endswith(("hip", "knee", "ankle", "foot"))]


@pytest.fixture(scope="module")
def body_file(tmp_path_factory):
    return write_body(tmp_path_factory.mktemp("body") / "SMPLX_MALE.npz")


@pytest.fixture(scope="module")
def released(tmp_path_factory, body_file):
    return write_released(tmp_path_factory.mktemp("released"), body_file)


@pytest.fixture(scope="module")
def avatar(released, body_file):
    return read_released(released.snapshot, released.fitted, body_file)


def test_looks_are_those_of_the_networks(released, avatar):
    _, scale, colours = gaussians(released)
    torch.testing.assert_close(avatar.scales, scale)
    torch.testing.assert_close(avatar.colors, colours, atol=1e-5, rtol=1e-4)
    assert colours.std() > 0.05 and avatar.opacity == 1


def test_at_rest_every_gaussian_is_where_exavatar_puts_it(released, avatar):
    pose, transl = torch.zeros(1, 55, 3), torch.tensor([[0.3, -0.2, 3.0]])
    pose[0, 0] = torch.tensor([0.4, 2.0, -0.3])
    found = avatar.pose(Pose.from_full(pose, torch.zeros(1, 50), transl)).means[0]
    torch.testing.assert_close(found, posed_means(released, pose, transl), atol=1e-4, rtol=0)


def test_arms_move_what_has_no_leg_in_its_weights_as_exavatar_does(released, avatar):
    pose, transl = torch.zeros(1, 55, 3), torch.zeros(1, 3)
    for name, turn in (("left_shoulder", -1.1), ("right_elbow", 0.8), ("neck", 0.3)):
        pose[0, JOINT_NAMES.index(name), 2] = turn
    found = avatar.pose(Pose.from_full(pose, torch.zeros(1, 50), transl)).means[0]
    away = (found - posed_means(released, pose, transl)).norm(dim=1)
    legs = avatar.rig.weights[:, LEGS].sum(1)
    assert (legs < 1e-4).sum() > 500 and away[legs < 1e-4].max() < 1e-3


def test_it_takes_the_place_of_a_training(tmp_path, monkeypatch, made_once):
    """Its files are what comes after a training reads; its score is that of the true avatar."""
    embedded = made_once("SMPLX_NEUTRAL.npz", build_body)
    truth = painted_avatar(load_body(embedded))
    files = film(truth, standing_fit(truth, 16, (112, 96)), tmp_path)
    monkeypatch.setattr(convert, "read_released", lambda *_: truth)
    (tmp_path / "snapshot_4.pth").write_bytes(b"weights")
    inputs = tmp_path / "snapshot_4.pth", files.video, files.video, files.masks, files.fit
    convert.convert_released(*inputs, embedded, tmp_path, 112)
    made, out = tmp_path / "avatar.safetensors", tmp_path / "metrics.json"
    score_avatar(
        *(made, tmp_path / "trained.npz", files.video, files.masks, files.fit, embedded, out),
        ScoreSettings(112, 8, fitted_frames=1),
    )
    assert read_json(out)["held_out"]["iou"] > 0.9
    assert read_about(made)["settings"] == {"model": "exavatar", "released": "snapshot_4.pth"}
    assert (tmp_path / "curves.csv").read_text().startswith("step,seconds,loss")


def test_a_row_that_names_one_is_read_not_trained():
    people = {"anna": {"video": "a.mp4"}, "bert": {"video": "b.mp4", "avatar": "snapshot_4.pth"}}
    rooms = {f"room{k}": {"image": f"{k}.jpg"} for k in range(3)}
    plan = Plan(checked_config({"labels": ["bow"]}), Tables(people, {}, rooms, {}))
    assert plan.released == {"bert": "snapshot_4.pth"}
    assert plan.sources["avatar", "bert"] == "snapshot_4.pth"
    rules = {file.rule: file.subject for file in expected_files(plan) if "avatar" in file.rule}
    assert rules["train_avatar"] == "anna" and rules["read_avatar"] == "bert"


def test_what_cannot_be_read_is_one_line(released, body_file, tmp_path):
    def refused(snapshot=released.snapshot, fitted=released.fitted, file=body_file) -> str:
        with pytest.raises(UserError) as error:
            read_released(snapshot, fitted, file)
        assert "\n" not in str(error.value)
        return str(error.value)

    with np.load(body_file) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(tmp_path / "other.npz", **{**arrays, "weights": np.roll(arrays["weights"], 1, 0)})
    assert "made with another body than" in refused(file=tmp_path / "other.npz")
    assert "no such file" in refused(snapshot=tmp_path / "snapshot_4.pth")
    torch.save({"network": {"human_gaussian.triplane": torch.zeros(1)}}, tmp_path / "other.pth")
    assert "not a snapshot of ExAvatar: it lacks" in refused(snapshot=tmp_path / "other.pth")
    torch.save([1], tmp_path / "list.pth")
    assert "has no network with weights" in refused(snapshot=tmp_path / "list.pth")
    assert "face_offset.json: not readable; it comes with" in refused(fitted=tmp_path)
    (tmp_path / "face_offset.json").write_text(json.dumps([[0, 0, 0]]))
    assert "an offset of each of 1,500 vertices" in refused(fitted=tmp_path)
