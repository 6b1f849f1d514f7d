"""Training and animation on a GPU against the CPU; runs if there is one with gsplat."""

import pytest
import torch

from tests.unit.avatar_scene import film, painted_avatar, standing_fit
from understudy.artifacts.fit import load_fit
from understudy.avatar.evaluation.score import ScoreSettings, score_avatar
from understudy.avatar.training.direct.settings import DirectSettings
from understudy.avatar.training.exavatar.settings import ExAvatarSettings
from understudy.avatar.training.footage import load_footage
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.avatar.training.train import begin, train_avatar
from understudy.files import read_json
from understudy.gaussians.device import on_device
from understudy.scene.animate import render_frames

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")

SIZE = (112, 96)
OWN = {
    "direct": DirectSettings(iterations=40, max_edge=0.06, warm_up=5),
    "exavatar": ExAvatarSettings(subdivisions=0, epochs=1, repeats=2, plane_size=16, hidden=16),
}
SETTINGS = {model: TrainSettings(model, own, size=96) for model, own in OWN.items()}
SCORE = ScoreSettings(SETTINGS["direct"].size, SETTINGS["direct"].held_out_every)


@pytest.fixture(scope="module")
def scene(body, tmp_path_factory):
    pytest.importorskip("gsplat")
    fit = standing_fit(painted_avatar(body), frames=24, size=SIZE)
    return film(painted_avatar(body), fit, tmp_path_factory.mktemp("cuda"))


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_the_first_steps_lose_what_they_lose_on_the_cpu(scene, body, settings):
    fit = load_fit(scene.fit)
    clip = load_footage(scene.video, scene.masks, fit.K, fit.size, 96)
    losses = {}
    for device in ("cpu", "cuda"):
        training = begin(Subject(clip, scene.depth, fit, body), settings, device)
        losses[device] = [float(training.advance()) for _ in range(3)]
    assert losses["cuda"] == pytest.approx(losses["cpu"], rel=1e-2)


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_training_on_a_gpu_writes_what_one_on_a_cpu_does(scene, body_file, tmp_path, settings):
    inputs = (scene.video, scene.masks, scene.depth, scene.fit, body_file)
    found = {}
    for device in ("cpu", "cuda"):
        train_avatar(*inputs, tmp_path / device, settings, device)
        made = (tmp_path / device / name for name in ("avatar.safetensors", "trained.npz"))
        files = (scene.video, scene.masks, scene.fit, body_file)
        score_avatar(*made, *files, tmp_path / "metrics.json", SCORE, device)
        found[device] = read_json(tmp_path / "metrics.json")["held_out"]["psnr"]
    assert found["cuda"] == pytest.approx(found["cpu"], abs=1.0)


def test_frames_look_as_on_the_cpu(body):
    avatar = painted_avatar(body)
    fit = standing_fit(avatar, frames=5, size=SIZE)
    frames = {}
    for device in ("cpu", "cuda"):
        parts = (on_device(part, device) for part in (avatar, fit.pose, fit.K))
        rendered = render_frames(*parts, SIZE[1], SIZE[0], batch=2)
        frames[device] = torch.cat([rgb.cpu() for rgb, *_ in rendered])
    assert (frames["cpu"] - frames["cuda"]).abs().mean() < 1e-3
