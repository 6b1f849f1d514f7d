"""What shows an avatar: the film, the sheets, and the .ply, read back by an independent parser."""

import re
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.unit.avatar_scene import painted_avatar, render_fit, standing_fit
from tests.unit.fit_quality import sound
from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.avatar import save_avatar
from understudy.artifacts.fit import save_fit
from understudy.artifacts.masks import pack_masks
from understudy.avatar.inspection import inspect as inspection
from understudy.avatar.inspection.inspect import all_round, centred, levelled
from understudy.avatar.inspection.ply import write_ply
from understudy.avatar.inspection.portraits import UP, photograph, standing, upright
from understudy.avatar.inspection.test_poses import TEST_POSES, turns_of
from understudy.body.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from understudy.cli import main
from understudy.gaussians.avatar import Cloud
from understudy.video.probe import probe
from understudy.video.read import read_frames


@pytest.fixture(scope="module")
def avatar(body):
    return painted_avatar(body)


def parse_ply(path: Path) -> dict[str, np.ndarray]:
    """A .ply of float vertices by the format's specification; it must be consumed to its end."""
    content = path.read_bytes()
    head, data = content.split(b"end_header\n", 1)
    lines = head.decode("ascii").splitlines()
    assert lines[:2] == ["ply", "format binary_little_endian 1.0"]
    count = int(re.fullmatch(r"element vertex (\d+)", lines[2])[1])
    names = [re.fullmatch(r"property float (\w+)", line)[1] for line in lines[3:]]
    rows = list(struct.iter_unpack(f"<{len(names)}f", data))
    assert len(rows) == count
    return dict(zip(names, np.array(rows).T, strict=True))


def test_a_ply_holds_what_viewers_make_the_cloud_of_again(tmp_path):
    g = torch.Generator().manual_seed(0)
    cloud = Cloud(
        means=torch.randn(2, 7, 3, generator=g),
        colors=torch.rand(2, 7, 3, generator=g),
        scales=torch.rand(7, generator=g) * 0.02 + 0.001,
        opacity=0.95,
    )
    write_ply(tmp_path / "cloud.ply", cloud, frame=1)
    ply = parse_ply(tmp_path / "cloud.ply")
    assert list(ply)[:9] == ["x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2"]
    assert list(ply)[9:54] == [f"f_rest_{k}" for k in range(45)]
    assert list(ply)[54:] == [
        "opacity",
        *(f"scale_{k}" for k in range(3)),
        *(f"rot_{k}" for k in range(4)),
    ]
    close = dict(rtol=0, atol=1e-5)
    means = np.stack([ply[name] for name in "xyz"], 1)
    np.testing.assert_allclose(means, cloud.means[1].numpy(), **close)
    harmonics = np.stack([ply[f"f_dc_{k}"] for k in range(3)], 1)
    colors = 0.5 + harmonics / (2 * np.sqrt(np.pi))  # the constant harmonic is 1/(2 sqrt(pi))
    np.testing.assert_allclose(colors, cloud.colors[1].numpy(), **close)
    for k in range(3):
        np.testing.assert_allclose(np.exp(ply[f"scale_{k}"]), cloud.scales.numpy(), **close)
    np.testing.assert_allclose(1 / (1 + np.exp(-ply["opacity"])), 0.95, **close)
    assert (np.stack([ply[f"rot_{k}"] for k in range(4)], 1) == [1, 0, 0, 0]).all()
    assert all((ply[name] == 0).all() for name in ply if name.startswith(("n", "f_rest")))


@pytest.fixture(scope="module")
def files(avatar, body_file, tmp_path_factory):
    """An avatar where a run leaves it, a reference's fit, and images of it in two poses."""
    results = tmp_path_factory.mktemp("results")
    person = results / "avatar/someone"
    shaded = replace(avatar, shading=torch.linspace(-0.1, 0.1, 24).view(8, 3))
    save_avatar(person / "avatar.safetensors", shaded, {})
    (results / "body").mkdir()
    (results / "body/SMPLX_NEUTRAL.npz").symlink_to(body_file)
    fit = standing_fit(avatar, 9, (96, 80))
    save_fit(results / "fit.npz", fit, sound(len(fit)))
    two = replace(fit, pose=fit.pose[[0, 4]])
    rgb, alpha = render_fit(avatar, two)
    pictures = {
        "images": ((rgb + 1 - alpha).clamp(0, 1) * 255).byte().numpy(),
        "K": fit.K.numpy(),
        **two.pose.to_numpy(),
        **pack_masks((alpha[..., 0] > 0.5).numpy()),
    }
    save_arrays(results / "held_out.npz", pictures, {"kind": "held_out"})
    return results, shaded


def test_the_command_shows_an_avatar(files, capsys, monkeypatch):
    results, avatar = files
    monkeypatch.setattr(inspection, "TURN_FRAMES", 12)
    person = results / "avatar/someone"
    main(
        ["inspect", str(person), "--pose", "squat", "--fit", str(results / "fit.npz")],
        standalone_mode=False,
    )
    told = [Path(line) for line in capsys.readouterr().out.split()]
    made = ["turntable.mp4", "poses.png", "avatar.ply", "motion.png"]
    assert told == [person / "inspect" / name for name in made]
    film = read_frames(told[0])
    assert film.shape == (12, 640, 512, 3) and probe(told[0]).fps == 24
    drawn = (film < 200).any(3).mean((1, 2))
    assert (drawn > 0.02).all() and drawn[3] < 0.8 * drawn[0]  # from the side it is narrower
    pictures = np.asarray(Image.open(told[1]))
    cells = pictures[24:].reshape(2, 360, -1, 288, 3)
    assert cells.shape[2] == len(TEST_POSES) - 2
    assert ((cells < 200).any(4).mean((1, 3)) > 0.02).all()
    assert (cells[:, [0, -1]] == 255).all() and (cells[:, :, :, [0, -1]] == 255).all()  # whole
    ply = parse_ply(told[2])
    assert len(ply["x"]) == len(avatar)
    cloud = avatar.pose(centred(avatar, turns_of("squat")))
    np.testing.assert_allclose(ply["y"], cloud.means[0, :, 1].numpy(), atol=1e-6)
    np.testing.assert_allclose(ply["f_dc_1"] * 0.28209479 + 0.5, cloud.colors[0, :, 1], atol=1e-5)


def test_held_out_pictures_stand_above_the_avatar(files, tmp_path, monkeypatch):
    results, _ = files
    monkeypatch.setattr(inspection, "TURN_FRAMES", 2)
    main(
        [
            *("inspect", str(results / "avatar/someone/avatar.safetensors")),
            *("--out", str(tmp_path / "seen"), "--held-out", str(results / "held_out.npz")),
        ],
        standalone_mode=False,
    )
    picture = np.asarray(Image.open(tmp_path / "seen/held_out.png"))[24:].astype(int)
    assert picture.shape == (2 * 360, 8 * 288, 3)
    truth, drawn = picture[:360], picture[360:]
    here = (truth < 200).any(2)
    assert here[:, : 2 * 288].any() and not here[:, 2 * 288 :].any()
    rows = np.flatnonzero(here.any(1))
    assert np.ptp(rows) > 0.6 * 360  # the figure fills the image
    assert np.abs(truth - drawn)[here].mean() < 25 < np.abs(truth - 255)[here].mean()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["results/avatar/nobody"], r"nobody: no such file; give an avatar\.safetensors or its"),
        (["AVATAR", "--fit", "no.npz"], r"no\.npz: no such file; give a fit"),
        (["AVATAR", "--body", "no.npz"], r"no\.npz: no such file; give the body"),
        (["AVATAR", "--pose", "flying"], r"no pose flying; choose from arms_down"),
        (["AVATAR", "--held-out", "FIT"], r"fit\.npz: holds fit, expected held_out"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(files, arguments, told):
    results, _ = files
    places = {"AVATAR": results / "avatar/someone", "FIT": results / "fit.npz"}
    command = ["inspect", *(str(places.get(word, word)) for word in arguments)]
    with pytest.raises(SystemExit, match=told) as error:
        main(command, standalone_mode=False)
    assert "\n" not in str(error.value)


def test_figures_stand_upright_before_the_camera(avatar):
    """Feet near the floor, hands where the pose says, the face to the camera."""
    body = avatar.rig.body
    names = ("arms_up", "arms_down", "squat", "seated")
    full = torch.stack([turns_of(name) for name in names])
    joints = avatar.rig.skeleton.pose(standing(avatar, full, torch.zeros(4))).joints
    left, right, head, foot, pelvis = (
        joints[:, body.joint(name)]
        for name in ("left_wrist", "right_wrist", "head", "left_foot", "pelvis")
    )
    height = avatar.rig.height
    assert torch.allclose(joints.amax(1)[:, 1], joints[0, :, 1].max().expand(4))
    assert (left[0, 1] < head[0, 1]) and (right[0, 1] < head[0, 1])  # y down
    assert (left[1, 1] > head[1, 1] + 0.3 * height) and (left[:2, 0] > right[:2, 0]).all()
    assert (foot[:, 2] < joints[:, body.joint("left_ankle"), 2]).all()  # toes towards the camera
    thighs = pelvis[2:, 1] - foot[2:, 1]  # squatting and seated: the pelvis is low
    assert (thighs > -0.33 * height).all()
    for one in range(4):
        mirrored = joints[one] * torch.tensor([-1.0, 1, 1])
        assert (
            mirrored[body.joint("left_knee")] - joints[one, body.joint("right_knee")]
        ).norm() < 0.02


def test_a_quarter_turn_shows_the_left_side(avatar):
    full = turns_of("t_pose")[None]
    body = avatar.rig.body
    turned = standing(avatar, full, torch.tensor([torch.pi / 2]))
    joints = avatar.rig.skeleton.pose(turned).joints[0]
    # Turned to its left, the right hand comes to the front.
    assert joints[body.joint("right_wrist"), 2] < joints[body.joint("left_wrist"), 2] - 0.5


def test_a_tilted_cameras_poses_are_levelled(avatar):
    """A standing person is upright whatever the camera's tilt, and keeps facing the same way."""
    tilt = axis_angle_to_matrix(torch.tensor([0.4, 0.0, 0.0]))
    fit = standing_fit(avatar, 2, (96, 80))
    level = levelled(fit, [0, 1])
    seen = replace(fit, up=(tilt @ UP).numpy())
    orient = tilt @ axis_angle_to_matrix(fit.pose.global_orient)
    seen = replace(seen, pose=replace(fit.pose, global_orient=matrix_to_axis_angle(orient)))
    ours, theirs = (axis_angle_to_matrix(full[:, 0]) for full in (level, levelled(seen, [0, 1])))
    assert torch.allclose(ours, theirs, atol=1e-5)
    assert torch.allclose(ours[:, :, 1], torch.tensor([0.0, 1.0, 0.0]).expand(2, 3), atol=1e-5)
    assert torch.allclose(
        upright(torch.tensor([[torch.pi, 0, 0]]), UP), torch.zeros(1, 3), atol=1e-5
    )


def test_pictures_of_a_pose_do_not_depend_on_its_company(avatar):
    full = torch.stack([turns_of("twist"), turns_of("kick")])
    both = all_round(avatar, full)
    alone = photograph(avatar.pose(standing(avatar, full[1:], torch.tensor([25.0]).deg2rad())), 360)
    assert (both[0][1] == alone[0]).all()
