"""Synthetic files of the official layout and sizes: the licensed ones are not available here."""

import pickle
from pathlib import Path

import numpy as np

from understudy.body.files import read_body_arrays
from understudy.body.landmarks import FACE_NAMES
from understudy.body.load import load_body
from understudy.body.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS

VERTICES, TRIANGLES = 5023, 9976
SHIFT = np.array([0.01, -0.02, 0.03])  # FLAME's origin is not the body's
_JOINTS = ("neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf")


def write_flame(folder: Path, body_file: Path) -> tuple[Path, Path]:
    """FLAME_NEUTRAL.npz and SMPL-X__FLAME_vertex_ids.npy for the body's own head.

    The head's mesh is the body's, shifted; its shape space and correctives are random and smooth.
    """
    rng = np.random.default_rng(0)
    body = read_body_arrays(body_file)
    ids = _head_vertices(body_file, body["v_template"])
    vertices = body["v_template"][ids].astype(float) + SHIFT
    joints = [JOINT_INDEX[name] for name in _JOINTS]
    weights = body["weights"][ids][:, joints].astype(float) + 1e-6
    rest = (body["J_regressor"] @ body["v_template"])[joints] + SHIFT
    waves = np.sin(vertices @ rng.normal(0, 20, (3, 400)) + rng.uniform(0, 6, 400))
    shapedirs = 0.002 * waves[:, None] * rng.normal(0, 1, (1, 3, 400)) / (1 + np.arange(400) % 300)
    arrays = {
        "v_template": vertices,
        "f": _triangles(body["f"], ids),
        "shapedirs": shapedirs,
        "posedirs": rng.normal(0, 1e-4, (VERTICES, 3, 36)),
        "J_regressor": _regressor(vertices, rest),
        "weights": weights / weights.sum(1, keepdims=True),
        "kintree_table": np.array([[2**32 - 1, 0, 1, 1, 1], range(5)], np.uint32),
    }
    arrays = {n: a.astype(np.float32) if a.dtype == float else a for n, a in arrays.items()}
    np.savez(folder / "FLAME_NEUTRAL.npz", **arrays)
    np.save(folder / "SMPL-X__FLAME_vertex_ids.npy", ids)
    points = {"lmk_face_idx": np.arange(51), "lmk_b_coords": np.full((51, 3), 1 / 3)}
    (folder / "flame_static_embedding.pkl").write_bytes(pickle.dumps(points))
    return folder / "FLAME_NEUTRAL.npz", folder / "SMPL-X__FLAME_vertex_ids.npy"


def write_official_body(path: Path) -> Path:
    """A body of SMPL-X's sizes, almost empty, with the face points that its file has."""
    rng, count = np.random.default_rng(0), 10475
    arrays = {
        "v_template": rng.normal(0, 0.3, (count, 3)),
        "f": rng.integers(0, count, (20908, 3)).astype(np.uint32),
        "shapedirs": np.zeros((count, 3, 400)),
        "posedirs": np.zeros((count, 3, 486)),
        "J_regressor": np.eye(JOINT_COUNT, count),
        "weights": np.eye(count, JOINT_COUNT),
        "kintree_table": np.array([[2**32 - 1, *PARENTS[1:]], range(JOINT_COUNT)], np.uint32),
        "lmk_faces_idx": rng.integers(0, 20908, 51),
        "lmk_bary_coords": rng.dirichlet(np.ones(3), 51),
        "dynamic_lmk_faces_idx": rng.integers(0, 20908, (79, 17)),
        "dynamic_lmk_bary_coords": rng.dirichlet(np.ones(3), (79, 17)),
    }
    np.savez_compressed(path, **arrays)
    return path


def write_whole_body(path: Path) -> Path:
    """A body of SMPL-X v1.1's layout and sizes with nothing left out, names as in its own .npz.

    Points around random joints, and random, decaying shape and pose directions of a body's size.
    """
    rng, count = np.random.default_rng(0), 10475
    with np.load(write_official_body(path)) as stored:
        arrays = {name: stored[name] for name in stored.files}
    joints = rng.normal(0, [0.3, 0.5, 0.1], (JOINT_COUNT, 3))
    vertices = joints[np.arange(count) % JOINT_COUNT] + rng.normal(0, 0.05, (count, 3))
    away = ((vertices[:, None] - joints) ** 2).sum(-1)
    weights = np.exp(-away / 0.02) + 1e-9
    spread = 0.01 / (1 + np.arange(400) % 300)
    arrays |= {
        "v_template": vertices,
        "shapedirs": spread * rng.normal(size=(count, 3, 400)),
        "posedirs": 1e-3 * rng.normal(size=(count, 3, 486)),
        "J_regressor": _regressor(vertices, joints),
        "weights": weights / weights.sum(1, keepdims=True),
        "vt": rng.random((11313, 2)),
        "ft": rng.integers(0, 11313, (20908, 3)).astype(np.uint32),
        "joint2num": np.array({"Pelvis": 0}),
        "part2num": np.array({"pelvis": 0}),
    }
    for side in "lr":
        arrays |= {
            f"hands_mean{side}": rng.normal(0, 0.3, 45),
            f"hands_components{side}": np.eye(45),
            f"hands_coeffs{side}": rng.normal(size=(1554, 45)),
        }
    np.savez(path, **arrays)
    return path


def _head_vertices(body_file: Path, template: np.ndarray) -> np.ndarray:
    """(5023,) the vertices that face points and ears lie on, and the highest next to them."""
    table = load_body(body_file).landmark_table()
    rows = [table.names.index(name) for name in (*FACE_NAMES, "left_ear", "right_ear")]
    needed = np.unique(table.vertices[rows].numpy())
    highest = np.argsort(-template[:, 1], kind="stable")
    rest = highest[~np.isin(highest, needed)][: VERTICES - len(needed)]
    return np.random.default_rng(1).permutation(np.concatenate([needed, rest]))


def _triangles(faces: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """(9976,3) those of the body among the vertices; repeated to the official number."""
    back = np.full(int(faces.max()) + 1, -1)
    back[ids] = np.arange(len(ids))
    inside = back[faces.astype(int)]
    inside = inside[(inside >= 0).all(1)]
    return np.resize(inside, (TRIANGLES, 3)).astype(np.uint32)


def _regressor(vertices: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """(j,V) the mean of each joint's 20 nearest vertices."""
    regressor = np.zeros((len(joints), len(vertices)))
    for row, joint in zip(regressor, joints, strict=True):
        row[np.argsort(((vertices - joint) ** 2).sum(1))[:20]] = 1 / 20
    return regressor
