"""ExAvatar: its scene, and its training on a small film."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.unit.avatar_scene import film, painted_avatar, standing_fit
from understudy.artifacts.avatar import load_avatar
from understudy.artifacts.fit import load_fit
from understudy.avatar.evaluation.score import ScoreSettings, score_avatar
from understudy.avatar.training.exavatar import scene as module
from understudy.avatar.training.exavatar.scene import GaussianScene, ScenePoints, scene_points
from understudy.avatar.training.exavatar.settings import ExAvatarSettings
from understudy.avatar.training.exavatar.training import ExAvatarTraining, release_frames
from understudy.avatar.training.footage import load_footage
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.avatar.training.train import begin, train_avatar
from understudy.checkpoint import load_checkpoint, save_checkpoint
from understudy.files import read_json

SMALL = ExAvatarSettings(
    subdivisions=0, epochs=1, repeats=2, plane_size=16, plane_channels=4, hidden=16
)
SETTINGS = TrainSettings("exavatar", SMALL, size=64)
SCORE = ScoreSettings(SETTINGS.size, SETTINGS.held_out_every, fitted_frames=1)
SIZE = (112, 96)


@pytest.fixture(scope="module")
def scene(body, tmp_path_factory):
    avatar = painted_avatar(body)
    fit = standing_fit(avatar, frames=24, size=SIZE)
    return film(avatar, fit, tmp_path_factory.mktemp("exavatar"))


def test_scene_points_lie_on_the_wall(scene, body):
    K = torch.tensor([[200.0, 0, 48], [0, 200, 56], [0, 0, 1]])
    clip = load_footage(scene.video, scene.masks, K, SIZE, 112)
    points = scene_points(scene.depth, clip)
    assert torch.allclose(points.places[:, 2], torch.tensor(6.0))
    image = points.places @ clip.K.T
    column, row = (image[:, :2] / image[:, 2:] - 0.5).round().long().T
    seen = torch.from_numpy(clip.images[0])[row, column].float() / 255
    bare = torch.from_numpy(clip.masks[0])[row, column] == 0
    assert (seen - points.colors)[bare].abs().mean() < 0.02


def test_a_scene_of_gaussians_learns_a_picture(scene, monkeypatch):
    """From points of one colour to a two-coloured wall; Gaussians are added along the way."""
    K = torch.tensor([[80.0, 0, 24], [0, 80, 28], [0, 0, 1]])
    clip = load_footage(scene.video, scene.masks, K, SIZE, 56)
    rows, columns = np.mgrid[0:56:2, 0:48:2]
    places = np.stack([(columns - 24) / 80 * 3, (rows - 28) / 80 * 3, np.full(rows.shape, 3.0)], -1)
    places = torch.from_numpy(places.reshape(-1, 3)).float()
    gaussians = GaussianScene(
        ScenePoints(places, torch.full((len(places), 3), 0.5)), clip, 0, torch.device("cpu")
    )
    target = torch.zeros(56, 48, 3)
    target[:, :24] = torch.tensor([0.9, 0.2, 0.1])
    target[:, 24:] = torch.tensor([0.1, 0.3, 0.8])
    monkeypatch.setattr(module, "DENSIFY_FROM", 50)
    begun, losses = len(gaussians), []
    for step in range(300):
        loss = (gaussians.picture() - target).abs().mean()
        losses.append(loss.item())
        loss.backward()
        gaussians.step(step)
    assert losses[-1] < 0.5 * losses[0]
    assert len(gaussians) != begun
    again = GaussianScene(
        ScenePoints(places, torch.full((len(places), 3), 0.5)), clip, 1, torch.device("cpu")
    )
    again.load_state({name: x.clone() for name, x in gaussians.state().items()})
    for one in (gaussians, again):
        for step in (700, 701):  # one of them splits, at random
            (one.picture() - target).abs().mean().backward()
            one.step(step)
    assert torch.equal(gaussians.picture(), again.picture())


def begun(files, body, size=SETTINGS.size, **changes):
    """A training on the film at its first step."""
    settings = replace(SETTINGS, size=size, own=replace(SMALL, **changes))
    fit = load_fit(files.fit)
    clip = load_footage(files.video, files.masks, fit.K, fit.size, settings.size)
    return begin(Subject(clip, files.depth, fit, body), settings)


@pytest.mark.parametrize("behind", ["gaussians", "plate"])
def test_a_training_goes_on_where_it_was(scene, body, tmp_path, behind):
    whole, killed = (begun(scene, body, scene=behind) for _ in range(2))
    for _ in range(3):
        killed.advance()
    save_checkpoint(tmp_path / "checkpoint", "job", *killed.state())
    resumed = begun(scene, body, scene=behind)
    resumed.load_state(*load_checkpoint(tmp_path / "checkpoint", "job"))
    for training in (whole, resumed):
        while training.done < training.work:
            training.advance()
    assert whole.done == resumed.done == 2 * len(whole.trained)
    for a, b in zip(whole.human.parameters(), resumed.human.parameters(), strict=True):
        assert torch.allclose(a, b, rtol=0, atol=1e-6)
    for name in ("corrections", "turns", "smiles"):
        assert torch.equal(getattr(whole.poses, name), getattr(resumed.poses, name))
        assert getattr(whole.poses, name)[whole.trained].any(0).sum() > 0
    assert torch.allclose(whole.backdrop(), resumed.backdrop(), atol=1e-6)


def test_the_loss_falls_and_the_person_appears(scene, body, body_file, tmp_path):
    settings = replace(
        SETTINGS,
        own=replace(
            SMALL,
            epochs=1,
            repeats=30,
            hidden=32,
            rate=0.02,
            scene="plate",
            warm_up=100,
            warm_up_scale=0.01,
        ),
    )
    inputs = (scene.video, scene.masks, scene.depth, scene.fit, body_file)
    files = (scene.video, scene.masks, scene.fit, body_file)
    train_avatar(*inputs, tmp_path, settings)
    made = (tmp_path / name for name in ("avatar.safetensors", "trained.npz"))
    score_avatar(*made, *files, tmp_path / "metrics.json", SCORE)
    metrics = read_json(tmp_path / "metrics.json")
    losses = [loss for _, loss in metrics["loss_curve"]]
    assert losses[-1] < 0.7 * losses[0]
    assert metrics["held_out"]["iou"] > 0.7
    assert metrics["held_out_composite"]["scene_psnr"] > 25
    avatar = load_avatar(tmp_path / "avatar.safetensors", body)
    assert len(avatar) == metrics["gaussians"]


def test_presets_train_on_other_frames(scene, body):
    K = torch.tensor([[200.0, 0, 48], [0, 200, 56], [0, 0, 1]])
    clip = load_footage(scene.video, scene.masks, K, SIZE, 64)
    fit = standing_fit(painted_avatar(body), frames=24, size=SIZE)
    frames = {}
    for preset in ("release", "paper"):
        settings = replace(SETTINGS, own=replace(SMALL, preset=preset))
        training = ExAvatarTraining(Subject(clip, scene.depth, fit, body), settings)
        frames[preset] = training.trained
        assert training.work == 2 * len(training.trained)
    assert frames["release"] == [4, 10, 16, 22] and training.held_out == [4, 12, 20]
    assert frames["paper"] == [t for t in range(24) if t not in (4, 12, 20)]


def test_frames_of_the_release_are_trained_on_and_not_held_out():
    usable = list(range(40))
    assert release_frames(usable, [4, 12, 20, 28]) == ([4, 10, 16, 22, 28, 34], [12, 20])
    assert release_frames(usable[:12], [4]) == ([10], [4])  # something must be held out


def test_the_rates_fall_before_a_training_may_end_early(scene, body):
    training = begun(scene, body, scene="plate")
    planned = training.planned_steps
    for steps, settled in ((0, False), (0.9 * planned, False), (0.96 * planned, True)):
        training.steps = steps
        assert training.settled == settled


def test_jaw_eyes_hands_and_expression_are_refined(scene, body):
    training = begun(scene, body, scene="plate", repeats=1)
    while training.done < training.work:
        training.advance()
    t, held = training.trained[0], training.held_out[0]
    parts = {"jaw": [0], "eyes": [1, 2], "left hand": range(3, 18), "right hand": range(18, 33)}
    for name, joints in parts.items():
        assert training.poses.turns[t, list(joints)].any(), name
        assert training.poses.turns[held, list(joints)].any(), name  # between its neighbours'
    assert training.poses.smiles[t].any()
    shown = training.poses.frames[t].corrected(training.poses.corrections[t])
    for ours, refined in zip(shown, training.motion.pose(0), strict=True):
        assert torch.allclose(ours, refined, atol=1e-5)


def test_a_face_is_unwrapped_and_pasted(scene, body):
    """Where it was seen it looks as in the film; pulled aside, the loss pulls it back."""
    training = begun(scene, body, 112, scene="plate", preset="paper")
    face, clip = training.face, training.clip
    assert 0 < face.known.float().mean() < 1
    fit = load_fit(scene.fit)
    shaped = body.shaped(fit.betas, fit.joint_offset)
    t = min(training.trained)  # looks at the camera
    points = human_points(training, shaped, t)
    image = torch.from_numpy(clip.images[t]).float() / 255
    blank = torch.full_like(image, -1.0)
    pasted = face.pasted(points, clip.K, blank)
    shown = (pasted != -1).all(-1)
    assert shown.sum() > 15
    assert (pasted - image)[shown].abs().mean() < 0.06
    shift = torch.zeros(3, requires_grad=True)
    (face.pasted(points + shift, clip.K, blank) - image)[shown].square().mean().backward()
    assert shift.grad.abs().sum() > 0


def human_points(training, shaped, t):
    posed = shaped.skin(*(x[None] for x in vars(training.poses.fitted[t]).values()))
    return training.human.surface.interpolate(posed.vertices[0])
