"""Licensed body files, tested on one of SMPL-X v1.1's layout and sizes: as in the smplx package."""

import os
import subprocess
import sys

import flame_files
import numpy as np
import pytest
import smplx
import torch

from tests.unit.parity import body_parity
from understudy.body import official as module
from understudy.body.flame import VERTEX_IDS, joined_arrays
from understudy.body.landmarks import LANDMARK_NAMES, landmarks
from understudy.body.load import load_body
from understudy.body.pose import Pose
from understudy.errors import UserError


@pytest.fixture(scope="module")
def official(tmp_path_factory):
    return flame_files.write_whole_body(tmp_path_factory.mktemp("smplx") / "SMPLX_MALE.npz")


@pytest.fixture(scope="module")
def model(official):
    return load_body(official)


def test_all_of_the_file_is_read(model):
    assert model.v_template.shape == (10475, 3) and model.faces.shape == (20908, 3)
    assert model.shapedirs.shape[-1] == 300 and model.exprdirs.shape[-1] == 50
    assert model.posedirs.shape == (10475, 3, 486)
    assert model.uv.shape == (11313, 2) and model.uv_faces.shape == (20908, 3)


@pytest.mark.parametrize("flat_hand", [True, False])
def test_it_poses_as_the_smplx_package(official, flat_hand):
    assert body_parity(official, flat_hand) < 1e-5


def test_it_is_compared_with_the_package_when_loaded(official, monkeypatch, capsys):
    asked = []

    def shifted(*given):
        asked.append(given)
        vertices, joints = lbs(*given)
        return vertices + 2e-5, joints

    lbs = smplx.lbs.lbs
    monkeypatch.setattr(smplx.lbs, "lbs", shifted)
    with pytest.raises(
        UserError, match=r"SMPLX_MALE.npz: posed up to 3\.\de-05 m off what .*smplx"
    ):
        load_body(official)
    assert len(asked) == 1
    monkeypatch.setattr(module, "find_spec", lambda name: None)  # as if it were not installed
    load_body(official)
    assert len(asked) == 1
    assert "not compared with the package smplx" in capsys.readouterr().err


def test_the_built_in_body_does_without_the_package(body_file):
    code = f"import sys; from understudy.body.load import load_body; load_body({str(body_file)!r})"
    code += "; sys.exit('smplx' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": "src"})


def test_flame_goes_onto_it(official, tmp_path):
    flame, table = flame_files.write_flame(tmp_path, official)
    joined, ids = joined_arrays(official, flame, table), np.load(table)
    with np.load(official) as body, np.load(flame) as head:
        expected = body["shapedirs"].astype(np.float32)
        expected[ids, :, 300:] = head["shapedirs"][..., 300:]
    assert len(ids) == 5023 and (joined[VERTEX_IDS] == ids).all()
    np.testing.assert_array_equal(joined["shapedirs"], expected)


def test_its_landmarks_are_the_packages(official, model):
    """Of a body that looks straight ahead: joints, tips and toes, the 68 of the face."""
    with torch.no_grad():
        settings = dict(use_pca=False, flat_hand_mean=True, use_face_contour=True)
        wanted = smplx.create(str(official), model_type="smplx", **settings)().joints[0]
    found = rest_landmarks(model)
    np.testing.assert_allclose(found["face-17"], wanted[76], atol=1e-5)
    np.testing.assert_allclose(found["face-67"], wanted[126], atol=1e-5)
    np.testing.assert_allclose(found["face-8"], wanted[127 + 8], atol=1e-5)
    np.testing.assert_allclose(found["nose"], wanted[55], atol=1e-5)
    np.testing.assert_allclose(found["right_pinky_finger4"], wanted[75], atol=1e-5)


def rest_landmarks(model) -> dict[str, np.ndarray]:
    still = Pose.from_full(torch.zeros(1, 55, 3), torch.zeros(1, 50), torch.zeros(1, 3))
    with torch.no_grad():
        points = landmarks(model.shaped(torch.zeros(1)).pose(still), model.landmark_table())[0]
    return dict(zip(LANDMARK_NAMES, points.numpy(), strict=True))
