"""Labels of synthetic videos: against the demo world's truth, and as others read them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from pycocotools.coco import COCO

from tests.unit.avatar_scene import painted_avatar, standing_fit
from tests.unit.fit_quality import sound
from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.avatar import save_avatar
from understudy.artifacts.fit import save_fit
from understudy.artifacts.label_arrays import BEHIND_SCENE, BEHIND_SELF, OUTSIDE, VISIBLE
from understudy.artifacts.labels import Labels, load_labels, save_labels
from understudy.artifacts.placed import load_placed
from understudy.artifacts.truth import load_truth
from understudy.body.pose import Pose
from understudy.cli import main
from understudy.demo.people import make_person
from understudy.demo.world import WorldSettings, make_identity
from understudy.errors import UserError
from understudy.scene.animate import animate_avatar, render_frames
from understudy.scene.labelling import Labelling
from understudy.scene.settings import AnimateSettings

TINY = WorldSettings(width=192, height=256, fps=6, seconds=2, depth_every=12)


def labelled(avatar, pose: Pose, K: np.ndarray, size: tuple[int, int], deep=False) -> Labelling:
    """The labels of a motion, as they are gathered while it is rendered; size: h, w."""
    labelling = Labelling.of(avatar.rig, pose, K, np.eye(4), deep)
    for _, alpha, depth in render_frames(avatar, pose, torch.from_numpy(K), size[1], size[0], 4):
        coverage = alpha[..., 0].numpy()
        labelling.add(coverage, depth[..., 0].numpy(), np.ones_like(coverage))
    return labelling


@pytest.fixture(scope="module")
def avatar(body):
    return painted_avatar(body)


@pytest.fixture(scope="module")
def made(avatar, body_file, tmp_path_factory) -> Path:
    """A folder with the labels and the white video of somebody who is away in one frame."""
    folder = tmp_path_factory.mktemp("made")
    fit = standing_fit(avatar, 6, (120, 90), turns=0.3)
    save_fit(folder / "fit.npz", fit, sound(len(fit)))
    save_avatar(folder / "avatar.safetensors", avatar, {})
    animate_avatar(
        *(folder / "avatar.safetensors", folder / "fit.npz", body_file),
        *(folder / "out.mp4", folder / "out.labels.npz", "source"),
        AnimateSettings("ground", depth=True),
    )
    return folder


def test_they_are_the_worlds_truth_if_its_body_and_pose_are_rendered(tmp_path):
    figure = make_person("ada")
    make_identity("ada", "office", tmp_path / "a.mp4", tmp_path / "truth.npz", TINY)
    truth = load_truth(tmp_path / "truth.npz")
    person = painted_avatar(figure.shaped().model, torch.zeros(0), max_edge=0.03)
    pose = Pose.from_numpy(truth.arrays)
    labelling = labelled(person, pose, truth["K"].astype(np.float32), (TINY.height, TINY.width))
    labels = labelling.labels(np.ones(len(pose), bool), 6.0)
    off = np.linalg.norm(labels.keypoints_2d - truth["keypoints"], axis=2)
    assert off.max() < 0.1
    agree = (labels.seen == VISIBLE) == truth["visible"]
    assert agree.mean() > 0.95
    body = [agree[:, part].mean() for part in (slice(17), slice(17, 23), slice(91, 133))]
    assert min(body) > 0.93
    assert 0.2 < truth["visible"].mean() < 0.9  # a turn: much is hidden at times


def test_what_is_written_is_read(made):
    labels = load_labels(made / "out.labels.npz")
    height, width = labels.size
    assert len(labels) == 6 and (height, width) == (120, 90)
    assert labels.placed is None and labels.fps == 12 and labels.drawn.all()
    assert labels.depth is not None
    masks = labels.masks[:]
    assert ((labels.depth > 0) == masks).all() and masks.any((1, 2)).all()
    left, top, wide, high = labels.box(0)
    rows, columns = np.nonzero(masks[0])
    assert (left, top) == (columns.min(), rows.min())
    assert (left + wide, top + high) == (columns.max() + 1, rows.max() + 1)
    # The floor's axes: soles at height 0 below, the head at the person's height.
    world = np.linalg.inv(labels.view) @ np.append(labels.keypoints[0, 0], 1)
    assert 1.4 < world[1] < 1.8
    nose = labels.keypoints_2d[0, 0].astype(int)
    assert masks[0][nose[1], nose[0]]


def test_what_hides_a_point_is_told_apart(avatar):
    fit = standing_fit(avatar, 2, (120, 90))
    K = fit.K.numpy()
    alpha, depth = (
        torch.cat(parts)[..., 0].numpy()
        for parts in list(zip(*render_frames(avatar, fit.pose, fit.K, 90, 120, 2), strict=True))[1:]
    )
    shown = np.ones_like(alpha)
    shown[:, 60:] = 0  # something stands in front of the legs
    labelling = Labelling.of(avatar.rig, fit.pose, K, np.eye(4), False)
    labelling.add(alpha, depth, shown)
    labels = labelling.labels(np.array([True, False]), 12.0)
    knees = labels.keypoints_2d[0, [13, 14], 1]
    assert (knees > 62).all() and (labels.seen[0, [13, 14]] == BEHIND_SCENE).all()
    assert not labels.masks[0][60:].any() and labels.masks[0][:60].any()
    assert (labels.seen[1] == OUTSIDE).all() and not labels.masks[1].any()
    assert labels.box(1) is None
    # Seen from behind, the face is behind the head.
    turned = standing_fit(avatar, 3, (120, 90), turns=1.0)
    away = labelled(avatar, turned.pose[1:2], K, (120, 90)).labels(np.ones(1, bool), 12.0)
    ahead = labelled(avatar, turned.pose[:1], K, (120, 90)).labels(np.ones(1, bool), 12.0)
    found = {(one.seen[0, 23:91] == VISIBLE).mean() > 0.5 for one in (away, ahead)}
    assert found == {True, False} or (away.seen[0, 23:91] == BEHIND_SELF).any()


def test_a_point_out_of_the_picture_is_told(avatar):
    fit = standing_fit(avatar, 1, (120, 90))
    aside = replace(fit.pose, transl=fit.pose.transl + torch.tensor([50.0, 0, 0]))
    labels = labelled(avatar, aside, fit.K.numpy(), (120, 90)).labels(np.ones(1, bool), 12.0)
    assert (labels.seen == OUTSIDE).all()


def test_damaged_labels_are_told(made, tmp_path):
    labels = load_labels(made / "out.labels.npz")
    broken = tmp_path / "broken.labels.npz"
    save_labels(broken, replace(labels, keypoints=labels.keypoints[:3]))
    with pytest.raises(UserError, match=r"broken.labels.npz: is damaged \(keypoints"):
        load_labels(broken)
    with np.load(made / "out.labels.npz") as stored:
        arrays = {name: array for name, array in stored.items() if name != "about"}
    save_arrays(broken, arrays, {"kind": "labels", "placed": {"background": "hall"}})
    with pytest.raises(UserError, match=r"broken.labels.npz: cannot be .* delete it and rerun"):
        load_placed(broken)


# As others read them


def exported(made: Path, *options: str) -> str:
    result = CliRunner().invoke(main, ["labels", str(made), *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_pycocotools_reads_masks_and_all_points(made, tmp_path):
    told = exported(made, "--coco", str(tmp_path / "all.json"))
    assert told == f"{tmp_path}/all.json: 6 frames of 1 videos\n"
    labels: Labels = load_labels(made / "out.labels.npz")
    read = COCO(str(tmp_path / "all.json"))
    assert len(read.imgs) == len(read.anns) == 6
    for number, frame in ((1, 0), (6, 5)):
        image = read.loadImgs(number)[0]
        assert image["video"] == str(made / "out.mp4") and image["frame"] == frame
        (one,) = read.loadAnns(read.getAnnIds(imgIds=number))
        mask = labels.masks[frame]
        assert np.array_equal(read.annToMask(one).astype(bool), mask)
        assert one["bbox"] == list(labels.box(frame)) and one["area"] == mask.sum()
        parts = ("keypoints", "foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts")
        points = np.concatenate([one[part] for part in parts]).reshape(133, 3)
        assert np.abs(points[:, :2] - labels.keypoints_2d[frame]).max() <= 0.0051
        assert ((points[:, 2] == 2) == (labels.seen[frame] == VISIBLE)).all()


def test_numpy_alone_reads_the_motion_in_a_level_world(made, body, tmp_path):
    exported(made, "--amass", str(tmp_path / "motions"))
    (path,) = (tmp_path / "motions").rglob("*.npz")
    labels = load_labels(made / "out.labels.npz")
    with np.load(path) as stored:
        motion = dict(stored)
    assert motion["poses"].shape == (6, 165) and motion["trans"].shape == (6, 3)
    assert float(motion["mocap_frame_rate"]) == 12 and str(motion["surface_model_type"]) == "smplx"
    pose = Pose.from_full(
        torch.from_numpy(motion["poses"]).float().reshape(6, 55, 3),
        torch.from_numpy(motion["expression"]).float(),
        torch.from_numpy(motion["trans"]).float(),
    )
    shaped = body.shaped(torch.from_numpy(motion["betas"]).float(), labels.joint_offset)
    posed = shaped.pose(pose)
    assert posed.vertices[..., 2].min().item() == pytest.approx(0, abs=0.03)  # z is up
    floor = np.einsum("ij,nkj->nki", np.linalg.inv(labels.view)[:3, :3], labels.joints)
    floor = floor + np.linalg.inv(labels.view)[:3, 3]
    world = np.stack([floor[..., 0], -floor[..., 2], floor[..., 1]], -1)
    assert np.abs(posed.joints.numpy() - world).max() < 2e-3


def test_it_is_told_what_to_ask_for(made, tmp_path):
    for options, told in (
        ([], "give --coco FILE"),
        (["--coco", str(tmp_path / "a.json")], "no labels"),
    ):
        folder = made if not options else tmp_path
        result = CliRunner().invoke(main, ["labels", str(folder), *options])
        assert result.exit_code != 0 and told in result.output
    assert not (tmp_path / "a.json").exists()
