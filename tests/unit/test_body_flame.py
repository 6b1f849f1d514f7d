"""FLAME in a body file, against the smplx package; the official mesh's landmark table."""

import pickle
from dataclasses import fields

import flame_files
import numpy as np
import pytest
import torch

from understudy.body.flame import FLAME_LANDMARKS, join_flame, load_flame
from understudy.body.landmarks import LANDMARK_NAMES, landmarks
from understudy.body.load import load_body
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.smplx_landmarks import VERTICES, smplx_landmarks
from understudy.errors import UserError


@pytest.fixture(scope="module")
def files(tmp_path_factory, body_file):
    """The embedded body, a FLAME made for it, their table, and the three joined."""
    folder = tmp_path_factory.mktemp("flame")
    flame, ids = flame_files.write_flame(folder, body_file)
    joined = folder / "SMPLX_FLAME.npz"
    join_flame(body_file, flame, ids, joined)
    return body_file, flame, ids, joined


@pytest.fixture(scope="module")
def flame(files):
    return load_flame(files[3], load_body(files[3]))


def test_poses_as_the_smplx_package(files, flame):
    smplx = pytest.importorskip("smplx")
    rng = np.random.default_rng(0)
    turns, betas = rng.normal(0, 0.3, (3, 5, 3)), rng.normal(0, 1, (1, 100))
    smile, transl = rng.normal(0, 1, (3, 50)), rng.normal(0, 1, (3, 3))
    turns, betas, smile, transl = (
        torch.tensor(array, dtype=torch.float32) for array in (turns, betas, smile, transl)
    )
    theirs = smplx.FLAME(
        str(files[1].parent), num_betas=100, num_expression_coeffs=50, batch_size=3, ext="npz"
    )(
        betas=betas.expand(3, -1),
        expression=smile,
        transl=transl,
        **dict(
            zip(
                ("global_orient", "neck_pose", "jaw_pose", "leye_pose", "reye_pose"),
                turns.unbind(1),
                strict=True,
            )
        ),
    )
    ours = flame.model.shaped(betas[0]).skin(axis_angle_to_matrix(turns), transl, smile)
    assert (ours.vertices - theirs.vertices).abs().max() < 1e-5
    assert (ours.joints - theirs.joints[:, :5]).abs().max() < 1e-5


def test_flame_lies_on_the_body_with_its_expressions(files, flame, body):
    joined = load_body(files[3])
    assert len(flame.vertex_ids) == 5023 and len(flame.model.faces) == 9976
    assert torch.equal(joined.exprdirs[flame.vertex_ids], flame.model.exprdirs)
    others = torch.ones(len(body.v_template), dtype=torch.bool)
    others[flame.vertex_ids] = False
    assert torch.equal(joined.exprdirs[others], body.exprdirs[others])
    assert torch.equal(joined.v_template, body.v_template)
    assert joined.model_id != body.model_id and flame.model.model_id.startswith("FLAME_NEUTRAL-")
    assert flame.neck.any() and not flame.neck.all()


def test_landmarks_are_the_bodys_own(flame, body):
    shift = flame.model.v_template - body.v_template[flame.vertex_ids]
    assert torch.allclose(shift, shift[:1], atol=1e-5)  # as the file was made
    still = torch.eye(3).expand(1, 5, 3, 3), torch.zeros(1, 3)
    table = flame.model.landmark_table()
    points = landmarks(flame.model.shaped(torch.zeros(1)).skin(*still), table)[0]
    rest = body.shaped(torch.zeros(1)).skin(torch.eye(3).expand(1, 55, 3, 3), torch.zeros(1, 3))
    all_points = landmarks(rest, body.landmark_table())[0]
    for name in ("face-8", "face-30", "left_ear", "right_ear"):
        ours = points[FLAME_LANDMARKS.index(name)]
        assert torch.allclose(ours, all_points[LANDMARK_NAMES.index(name)] + shift[0], atol=1e-5)


def test_the_bodys_joints_follow_its_face_as_the_file_says(files, flame):
    moved = torch.randn(5023, 3, generator=torch.Generator().manual_seed(0))
    with np.load(files[3]) as stored:
        regressor = torch.from_numpy(stored["J_regressor"]).float()
    whole = torch.zeros(regressor.shape[1], 3)
    whole[flame.vertex_ids] = moved
    assert torch.allclose(flame.joint_regressor @ moved, regressor @ whole, atol=1e-5)
    assert (flame.joint_regressor @ moved).any(1).sum() < 55  # a foot does not


def test_a_body_without_flame_has_none(body_file, body):
    assert load_flame(body_file, body) is None
    assert load_flame(body_file.with_suffix(".pkl"), body) is None


def test_a_pickled_flame_is_read(files, tmp_path, flame):
    with np.load(files[1]) as stored:
        arrays = {name: stored[name] for name in stored.files}
    path = tmp_path / "FLAME_NEUTRAL.pkl"
    path.write_bytes(pickle.dumps(arrays, protocol=2))
    join_flame(files[0], path, files[2], tmp_path / "joined.npz")
    joined = load_body(tmp_path / "joined.npz")
    again = load_flame(tmp_path / "joined.npz", joined)
    for field in fields(again.model):
        ours, theirs = getattr(again.model, field.name), getattr(flame.model, field.name)
        assert not torch.is_tensor(ours) or torch.equal(ours, theirs)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda ids: ids[:-1], "5022 vertices, but .* has 5023"),
        (lambda ids: ids + 9000, "lists vertices that .* lacks; FLAME works only with SMPL-X's"),
        (lambda ids: np.arange(5023), "face points lie on vertices that FLAME's table does not"),
    ],
)
def test_what_does_not_belong_together_is_refused(files, tmp_path, change, told):
    wrong = tmp_path / "ids.npy"
    np.save(wrong, change(np.load(files[2])))
    with pytest.raises(UserError, match=told):
        join_flame(files[0], files[1], wrong, tmp_path / "joined.npz")
    assert not (tmp_path / "joined.npz").exists()


def test_missing_and_broken_files_are_told(files, tmp_path):
    body_file, flame, ids, _ = files
    with pytest.raises(UserError, match="no such body file"):
        join_flame(body_file, tmp_path / "FLAME.npz", ids, tmp_path / "joined.npz")
    with pytest.raises(UserError, match="not a readable table of vertices"):
        join_flame(body_file, flame, tmp_path / "ids.npy", tmp_path / "joined.npz")
    with pytest.raises(UserError, match="do not fit together as FLAME"):
        join_flame(body_file, body_file, ids, tmp_path / "joined.npz")


def test_the_official_mesh_gets_its_table(tmp_path):
    """A file of the official size, as it comes: without a landmark table, with face points."""
    path = flame_files.write_official_body(tmp_path / "SMPLX_NEUTRAL.npz")
    body = load_body(path)
    assert len(body.v_template) == VERTICES
    table = body.landmark_table()
    assert table.names == LANDMARK_NAMES
    at = {name: i for i, name in enumerate(table.names)}
    for name, joint in (
        ("left_shoulder", "left_shoulder"),
        ("left_hand_root", "left_wrist"),
        ("right_forefinger2", "right_index2"),
        ("left_pinky_finger3", "left_pinky3"),
        ("right_thumb1", "right_thumb1"),
    ):
        assert int(table.joint[at[name]]) == body.joint(joint), name
    assert table.vertices[at["left_ear"], 0] == 6 and table.weights[at["left_ear"], 0] == 1
    chin, brow = at["face-8"], at["face-17"]
    with np.load(path) as stored:
        assert (
            table.vertices[chin].tolist()
            == stored["f"][stored["dynamic_lmk_faces_idx"][0, 8]].tolist()
        )
        assert table.vertices[brow].tolist() == stored["f"][stored["lmk_faces_idx"][0]].tolist()
        assert np.allclose(table.weights[brow], stored["lmk_bary_coords"][0])
    assert (table.joint >= 0).sum() == 12 + 2 * 16
    body.landmark_submesh()


def test_its_vertices_are_the_packages(tmp_path):
    ids = pytest.importorskip("smplx.vertex_ids").vertex_ids["smplx"]
    with np.load(flame_files.write_official_body(tmp_path / "SMPLX_NEUTRAL.npz")) as stored:
        table = smplx_landmarks(dict(stored))
    on_one = (table["landmark_weights"] == 1).any(1) & (table["landmark_joint"] < 0)
    assert set(table["landmark_vertices"][on_one][:, 0]) == set(ids.values())
    names = dict(zip(LANDMARK_NAMES, table["landmark_vertices"][:, 0], strict=True))
    for ours, theirs in (("left_heel", "LHeel"), ("right_thumb4", "rthumb"), ("left_eye", "leye")):
        assert names[ours] == ids[theirs]
