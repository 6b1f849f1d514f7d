"""Training on a film of a known person, resuming it, and what it refuses."""

import json
import os
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from tests.unit.avatar_scene import film, painted_avatar, standing_fit
from tests.unit.fit_quality import sound
from tests.unit.random_networks import convolutions
from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.avatar import load_avatar, read_about, save_avatar
from understudy.artifacts.fit import load_fit, save_fit
from understudy.artifacts.trained import load_trained
from understudy.avatar.evaluation.score import ScoreSettings, score_avatar
from understudy.avatar.training.curve import Curve
from understudy.avatar.training.direct.settings import DirectSettings, LearningRates
from understudy.avatar.training.direct.training import DirectTraining as Training
from understudy.avatar.training.footage import (
    bare_plate,
    like_plate,
    load_footage,
    mask_band,
    person_box,
    plate_holds,
)
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.train import train_avatar
from understudy.errors import UserError
from understudy.files import read_json

OWN = DirectSettings(iterations=240, max_edge=0.06, warm_up=20)
SETTINGS = TrainSettings("direct", OWN, size=96)
SHORT = replace(SETTINGS, own=replace(OWN, iterations=12, warm_up=3))


@pytest.fixture(scope="module")
def scene(body, tmp_path_factory):
    avatar = painted_avatar(body)
    fit = standing_fit(avatar, frames=24, size=(112, 96))
    return film(avatar, fit, tmp_path_factory.mktemp("scene"))


def train(scene, body_file, out: Path, settings=SHORT) -> None:
    train_avatar(scene.video, scene.masks, scene.depth, scene.fit, body_file, out, settings)


def scored(scene, body_file, out: Path, **more) -> dict:
    """The metrics of what was trained into `out`."""
    avatar, trained, metrics = (
        out / name for name in ("avatar.safetensors", "trained.npz", "metrics.json")
    )
    settings = ScoreSettings(SHORT.size, SHORT.held_out_every, fitted_frames=1, **more)
    inputs = (scene.video, scene.masks, scene.fit, body_file)
    score_avatar(avatar, trained, *inputs, metrics, settings)
    return read_json(metrics)


def test_an_avatar_learns_what_its_video_shows(scene, body_file, body, tmp_path):
    train(scene, body_file, tmp_path, SETTINGS)
    metrics = scored(scene, body_file, tmp_path)
    assert metrics["held_out"]["psnr"] > 26
    assert metrics["held_out"]["iou"] > 0.93
    assert metrics["held_out"]["frames"] == 3
    assert metrics["held_out_fitted"]["frames"] == 1
    assert metrics["iterations"] == OWN.iterations
    assert not (tmp_path / "checkpoint.safetensors").exists()
    curves = pd.read_csv(tmp_path / "curves.csv")
    assert list(curves) == ["step", "seconds", "loss", "held_out_psnr"]
    assert curves["step"].tolist() == [50, 100, 150, 200, 240]
    assert curves["seconds"].is_monotonic_increasing
    assert curves[["step", "loss"]].to_numpy().tolist() == metrics["loss_curve"]
    quality = curves["held_out_psnr"].tolist()
    assert quality[0] + 1 < quality[-1] > 26
    avatar = load_avatar(tmp_path / "avatar.safetensors", body)
    assert len(avatar) == metrics["gaussians"]
    assert read_about(tmp_path / "avatar.safetensors")["digests"].keys() == {
        "video",
        "masks",
        "depth",
        "fit",
        "body",
    }


def test_held_out_frames_are_scored_by_lpips_where_its_network_is_given(scene, body_file, tmp_path):
    train(scene, body_file, tmp_path)
    with pytest.raises(UserError, match=r"absent\.pth: no such file"):
        scored(scene, body_file, tmp_path, lpips=str(tmp_path / "absent.pth"))
    network = tmp_path / "alexnet.pth"
    torch.save(convolutions("alex").state_dict(), network)
    distance = scored(scene, body_file, tmp_path, lpips=str(network))["held_out"]["lpips"]
    assert 0 < distance < 1


def test_a_killed_training_goes_on_to_the_same_result(scene, body_file, tmp_path, monkeypatch):
    train(scene, body_file, tmp_path / "whole")
    step = Training.step

    def step_and_be_killed(self):
        loss = step(self)
        if self.steps == 7:
            os.kill(os.getpid(), signal.SIGTERM)
        return loss

    monkeypatch.setattr(Training, "step", step_and_be_killed)
    with pytest.raises(SystemExit) as ended:
        train(scene, body_file, tmp_path / "killed")
    assert ended.value.code == 143
    assert (tmp_path / "killed" / "checkpoint.safetensors").exists()
    assert not (tmp_path / "killed" / "avatar.safetensors").exists()
    taken = []
    monkeypatch.setattr(Training, "step", lambda self: taken.append(self.steps) or step(self))
    train(scene, body_file, tmp_path / "killed")
    assert taken == [7, 8, 9, 10, 11]
    whole, resumed = (
        load_file(tmp_path / run / "avatar.safetensors") for run in ("whole", "killed")
    )
    assert whole.keys() == resumed.keys()
    for name, tensor in whole.items():
        assert torch.allclose(tensor.double(), resumed[name].double(), rtol=0, atol=1e-6), name


STILL = replace(  # nothing is learnt, so nothing is gained after the first check, at step 50
    SHORT,
    patience=0.2,
    own=replace(
        SHORT.own,
        iterations=400,
        align_at=(1.0,),
        rates=LearningRates(offset=0.0, scale=0.0, color=0.0, shading=0.0),
    ),
)


def test_training_that_gains_nothing_ends_early_whether_killed_or_not(
    scene, body_file, tmp_path, monkeypatch, capsys
):
    train(scene, body_file, tmp_path / "whole", STILL)
    assert "stopped at step 150: no improvement for 100 steps" in capsys.readouterr().err
    assert load_trained(tmp_path / "whole/trained.npz").steps == 150
    aligned = []
    align = Training._align
    monkeypatch.setattr(Training, "_align", lambda self, t: aligned.append(t) or align(self, t))
    step = Training.step
    monkeypatch.setattr(Training, "step", _killed_when(step, lambda steps: steps == 120))
    with pytest.raises(SystemExit):
        train(scene, body_file, tmp_path / "killed", STILL)
    monkeypatch.setattr(Training, "step", step)
    train(scene, body_file, tmp_path / "killed", STILL)
    whole, resumed = (pd.read_csv(tmp_path / run / "curves.csv") for run in ("whole", "killed"))
    assert whole["step"].tolist() == [50, 100, 150]
    assert len(aligned) == 21  # the poses, after the last step: every frame that is not held out
    pd.testing.assert_frame_equal(whole.drop(columns="seconds"), resumed.drop(columns="seconds"))


def test_training_that_gains_goes_on():
    gaining = Curve([[50 * k, 0.0, 0.1, 20 + 0.03 * k] for k in range(1, 9)])
    assert gaining.steps_without_gain() == 0
    held = Curve([*gaining.rows, [450, 0.0, 0.1, 20.25], [500, 0.0, 0.1, 20.25]])  # too little
    assert held.steps_without_gain() == 100
    assert Curve([*held.rows, [550, 0.0, 0.1, 20.27]]).steps_without_gain() == 0
    assert Curve().steps_without_gain() == 0
    with pytest.raises(UserError, match=r"avatar\.patience is 0; give a share"):
        TrainSettings("direct", OWN, patience=0)


def test_a_checkpoint_of_other_settings_is_not_taken_up(scene, body_file, tmp_path, monkeypatch):
    monkeypatch.setattr(Training, "step", _killed_when(Training.step, lambda steps: True))
    with pytest.raises(SystemExit):
        train(scene, body_file, tmp_path)
    steps = []
    step = Training.step.__wrapped__
    monkeypatch.setattr(Training, "step", lambda self: steps.append(self.steps) or step(self))
    train(scene, body_file, tmp_path, replace(SHORT, seed=1))
    assert steps[0] == 0


def test_a_fits_own_face_is_what_is_trained(scene, body_file, body, tmp_path, monkeypatch):
    offset = torch.zeros_like(body.v_template)
    offset[body.landmark_table().vertices[53]] = 0.01  # the tip of the nose
    fit = replace(load_fit(scene.fit), face_offset=offset)
    save_fit(tmp_path / "fit.npz", fit, sound(len(fit)))
    begun = []
    monkeypatch.setattr(Training, "step", lambda self: begun.append(self) or sys.exit())
    with pytest.raises(SystemExit):
        train(replace(scene, fit=tmp_path / "fit.npz"), body_file, tmp_path)
    moved = begun[0].trainee.vertices - body.shaped(fit.betas).vertices
    assert torch.allclose(moved, offset, atol=1e-6)


def _killed_when(step, when):
    """A step that asks its own process to end when `when` says so of the steps before it."""

    def killed(self):
        if when(self.steps):
            os.kill(os.getpid(), signal.SIGTERM)
        return step(self)

    killed.__wrapped__ = step
    return killed


def test_masks_of_another_video_are_refused(scene, body_file, tmp_path):
    masks = tmp_path / "masks.npz"
    bits = np.zeros((5, 112 * 96 // 8), np.uint8)
    save_arrays(masks, {"bits": bits, "shape": np.array([5, 112, 96])}, {"kind": "masks"})
    with pytest.raises(UserError, match=r"masks\.npz: 5 frames"):
        train(replace(scene, masks=masks), body_file, tmp_path)


def test_a_video_without_a_person_is_refused(scene, body_file, tmp_path):
    masks = tmp_path / "masks.npz"
    bits = np.zeros((24, 112 * 96 // 8), np.uint8)
    save_arrays(masks, {"bits": bits, "shape": np.array([24, 112, 96])}, {"kind": "masks"})
    with pytest.raises(UserError, match="shows a person in 0 frames"):
        train(replace(scene, masks=masks), body_file, tmp_path)


def test_a_fit_of_another_body_is_refused(scene, body_file, body, tmp_path):
    avatar = painted_avatar(body)
    fit = standing_fit(avatar, 24, (112, 96), about={"body": "other-123456789abc"})
    save_fit(tmp_path / "fit.npz", fit, sound(len(fit)))
    with pytest.raises(UserError, match="made for body model other"):
        train(replace(scene, fit=tmp_path / "fit.npz"), body_file, tmp_path)


def test_an_avatar_file_is_read_back_and_refused_with_another_body(body, tmp_path):
    avatar, path = painted_avatar(body), tmp_path / "avatar.safetensors"
    save_avatar(path, avatar, {"note": 1})
    back = load_avatar(path, body)
    pose = standing_fit(avatar, 2, (64, 64)).pose
    assert torch.equal(avatar.pose(pose).means, back.pose(pose).means)
    assert torch.equal(avatar.colors, back.colors)
    with pytest.raises(UserError, match="made for body model"):
        load_avatar(path, replace(body, model_id="other-000000000000"))
    whole = path.read_bytes()
    hole = len(whole) // 2
    path.write_bytes(whole[:hole] + bytes(400) + whole[hole + 400 :])
    with pytest.raises(UserError, match=r"not a readable avatar \(its content is not what was"):
        load_avatar(path, body)
    path.write_bytes(whole[:100])
    with pytest.raises(UserError, match="not a readable avatar"):
        load_avatar(path, body)
    shutil.copy(__file__, path)
    with pytest.raises(UserError, match="not a readable avatar"):
        read_about(path)


def test_random_states_survive_json():
    """Random states are 128-bit integers: they must survive."""
    random = np.random.default_rng(3)
    state = json.loads(json.dumps(random.bit_generator.state))
    other = np.random.default_rng(0)
    other.bit_generator.state = state
    assert random.random() == other.random()


def test_boxes_hold_the_person_and_lie_in_the_image():
    g = np.random.default_rng(0)
    for _ in range(50):
        mask = np.zeros((90, 70), np.uint8)
        x0, y0 = g.integers(0, 60), g.integers(0, 80)
        mask[y0 : y0 + g.integers(1, 90), x0 : x0 + g.integers(1, 70)] = 255
        box = person_box(mask)
        assert 0 <= box.x0 < box.x1 <= 70
        assert 0 <= box.y0 < box.y1 <= 90
        assert mask[box.slices].sum() == mask.sum()
        assert min(box.width, box.height) >= 11  # SSIM's window
    assert person_box(np.zeros((9, 9), np.uint8)) is None


def test_a_clip_is_brought_to_size_with_its_camera(scene):
    clip = load_footage(
        scene.video,
        scene.masks,
        torch.tensor([[200.0, 0, 48], [0, 200, 56], [0, 0, 1]]),
        (112, 96),
        56,
    )
    assert clip.images.shape == (24, 56, 48, 3)
    assert clip.K.tolist() == [[100, 0, 24], [0, 100, 28], [0, 0, 1]]
    assert clip.usable == list(range(24))


def test_wall_that_a_mask_took_in_is_found_and_clothes_are_not():
    """A red square walks in front of a grey wall; its mask is 3 px too wide on the right."""
    g = np.random.default_rng(0)
    images = g.integers(95, 105, (12, 40, 60, 3)).astype(np.uint8)
    masks = np.zeros((12, 40, 60), np.uint8)
    for t in range(12):
        images[t, 10:30, 3 * t + 5 : 3 * t + 15] = [200, 30, 30]
        masks[t, 10:30, 3 * t + 5 : 3 * t + 18] = 255
    plate = bare_plate(images, masks)
    assert np.nanmax(np.abs(plate - 100)) < 6
    for t in range(12):
        wall = like_plate(images[t], plate)
        assert wall[12:28, 3 * t + 15 : 3 * t + 18].mean() > 0.9
        assert not wall[10:30, 3 * t + 5 : 3 * t + 15].any()


def test_a_wall_in_shadow_is_not_the_plate():
    mask = np.zeros((40, 60), np.uint8)
    mask[10:30, 20:40] = 255
    like = mask == 0
    assert plate_holds(like, mask)[mask_band(mask, 1)].all()
    like[:, 38:] = False  # a shadow, to the person's right
    holds = plate_holds(like, mask)
    assert holds[20, 19] and not holds[20, 40]
