"""Body files: what is accepted, and one clear line for what is not."""

import os
import pickle
import zipfile

import numpy as np
import pytest
import scipy.sparse
import torch

from understudy.body.load import load_body
from understudy.body.skeleton import JOINT_NAMES, PARENTS
from understudy.errors import UserError

VERTICES = 12


def tiny_arrays(columns: int = 400) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    tree = np.stack([np.array(PARENTS), np.arange(55)]).astype(np.int64)
    tree[0, 0] = 2**32 - 1
    shapedirs = np.zeros((VERTICES, 3, columns))
    shapedirs[..., :7] = rng.normal(size=(VERTICES, 3, 7))
    start = 300 if columns == 400 else 10
    shapedirs[..., start : start + 5] = rng.normal(size=(VERTICES, 3, 5))
    weights = rng.random((VERTICES, 55))
    regressor = rng.random((55, VERTICES))
    return {
        "v_template": rng.normal(size=(VERTICES, 3)),
        "f": np.arange(VERTICES).reshape(-1, 3).astype(np.uint32),
        "shapedirs": shapedirs,
        "posedirs": rng.normal(size=(VERTICES, 3, 486)),
        "J_regressor": regressor / regressor.sum(1, keepdims=True),
        "weights": weights / weights.sum(1, keepdims=True),
        "kintree_table": tree,
        "hands_meanl": np.arange(45.0),
        "hands_meanr": -np.arange(45.0),
    }


def write_npz(path, arrays):
    np.savez(path, **arrays)
    return path


def write_pickle(path, value, protocol=2):
    path.write_bytes(pickle.dumps(value, protocol=protocol))
    return path


@pytest.mark.parametrize("columns", [400, 20])
def test_an_npz_is_read(tmp_path, columns):
    arrays = tiny_arrays(columns)
    # Licensed files keep a pickled name map; it must be left alone.
    file = write_npz(tmp_path / "SMPLX_MALE.npz", {**arrays, "joint2num": np.array({"pelvis": 0})})
    body = load_body(file)
    assert body.shapedirs.shape == (VERTICES, 3, 7) and body.exprdirs.shape == (VERTICES, 3, 5)
    assert body.parents == PARENTS and body.joint_names == JOINT_NAMES
    assert body.posedirs.shape == (VERTICES, 3, 486)
    assert body.landmarks is None and body.uv is None
    assert body.hands_mean.shape == (2, 15, 3) and float(body.hands_mean[1, 0, 1]) == -1
    assert body.faces.dtype == torch.int64 and body.v_template.dtype == torch.float32
    expected = arrays["J_regressor"] @ arrays["v_template"]
    np.testing.assert_allclose(body.J_template, expected, atol=1e-6)
    expected = np.einsum("jv,vck->jck", arrays["J_regressor"], arrays["shapedirs"][..., :7])
    np.testing.assert_allclose(body.J_shapedirs, expected, atol=1e-6)
    name, _, digest = body.model_id.rpartition("-")
    assert name == "SMPLX_MALE" and len(digest) == 12 and int(digest, 16) >= 0


def test_zero_pose_correctives_are_none(tmp_path):
    arrays = {**tiny_arrays(), "posedirs": np.zeros((VERTICES, 3, 486))}
    assert load_body(write_npz(tmp_path / "a.npz", arrays)).posedirs is None


@pytest.mark.parametrize("protocol", [2, 4])
def test_a_pickle_of_arrays_is_read(tmp_path, protocol):
    arrays = tiny_arrays()
    stored = {**arrays, "J_regressor": scipy.sparse.csc_matrix(arrays["J_regressor"])}
    stored["bs_style"] = "lbs"
    body = load_body(write_pickle(tmp_path / "SMPLX_NEUTRAL.pkl", stored, protocol))
    same = load_body(write_npz(tmp_path / "SMPLX_NEUTRAL.npz", arrays))
    torch.testing.assert_close(body.J_template, same.J_template)
    torch.testing.assert_close(body.posedirs, same.posedirs)


class Command:
    """Runs a shell command when unpickled by a trusting reader."""

    def __init__(self, command: str):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def test_a_pickle_runs_no_code(tmp_path):
    trace = tmp_path / "trace"
    stored = {**tiny_arrays(), "v_template": Command(f"touch {trace}")}
    with pytest.raises(UserError, match=r"bad\.pkl: the pickle holds (posix|nt)\.system"):
        load_body(write_pickle(tmp_path / "bad.pkl", stored))
    assert not trace.exists()


def test_chumpy_is_named(tmp_path):
    file = tmp_path / "chumpy.pkl"
    file.write_bytes(b"(dp0\nS'v_template'\np1\nccopy_reg\n_reconstructor\n(cchumpy.ch\nCh\ntRs.")
    with pytest.raises(UserError, match="numpy and scipy arrays; convert it"):
        load_body(file)


def truncated(path):
    write_npz(path, tiny_arrays())
    path.write_bytes(path.read_bytes()[:500])


def without_weights(path):
    arrays = tiny_arrays()
    del arrays["weights"]
    write_npz(path, arrays)


def too_few_joints(path):
    write_npz(path, {**tiny_arrays(), "weights": np.ones((VERTICES, 24))})


def strange_parents(path):
    arrays = tiny_arrays()
    arrays["kintree_table"][0, 5] = 30
    write_npz(path, arrays)


def landmark_off_the_mesh(path):
    table = {
        "landmark_names": np.array(["nose"]),
        "landmark_joint": np.array([-1]),
        "landmark_vertices": np.array([[0, 1, VERTICES]]),
        "landmark_weights": np.array([[1.0, 0, 0]]),
    }
    write_npz(path, {**tiny_arrays(), **table})


def plain_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("v_template.npy", b"not an array")


@pytest.mark.parametrize(
    "write, says",
    [
        (lambda path: None, "no such body file"),
        (lambda path: path.write_bytes(b""), "not a readable .npz"),
        (lambda path: path.write_text("hello"), "not a readable .npz"),
        (truncated, "not a readable .npz"),
        (plain_zip, "not a readable .npz|arrays do not fit|lacks"),
        (without_weights, "lacks weights"),
        (too_few_joints, r"weights is \(12, 24\)"),
        (strange_parents, "before its parent"),
        (landmark_off_the_mesh, "landmark table names vertices"),
    ],
)
def test_a_bad_npz_is_one_line(tmp_path, write, says):
    path = tmp_path / "body.npz"
    write(path)
    with pytest.raises(UserError, match=says) as caught:
        load_body(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"hello", pickle.dumps([1, 2])])
def test_a_bad_pickle_is_one_line(tmp_path, content):
    path = tmp_path / "body.pkl"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"pickle is not|not a readable"):
        load_body(path)


def test_another_suffix_is_refused(tmp_path):
    path = tmp_path / "body.h5"
    path.write_bytes(b"x")
    with pytest.raises(UserError, match="not a body file"):
        load_body(path)


def test_missing_landmarks_are_said_by_name(tmp_path):
    body = load_body(write_npz(tmp_path / "plain.npz", tiny_arrays()))
    with pytest.raises(UserError, match="no landmark table"):
        body.landmark_submesh()
