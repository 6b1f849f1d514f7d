"""Read a body model from a file in SMPL-X's format."""

from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from understudy.body.files import read_body_arrays
from understudy.body.landmarks import LandmarkTable
from understudy.body.model import BodyModel
from understudy.body.official import compare_with_smplx
from understudy.body.pose import EXPRESSIONS
from understudy.body.skeleton import JOINT_NAMES
from understudy.body.smplx_landmarks import FACE_POINTS, VERTICES, smplx_landmarks
from understudy.errors import UserError
from understudy.files import file_digest


def load_body(path: Path | str) -> BodyModel:
    """Read an SMPL-X-format .npz or .pkl (without chumpy objects); UserError if it is not one.

    A body on SMPL-X's own mesh is compared with the authors' package, if that is installed.
    """
    arrays = read_body_arrays(path)
    try:
        model = assemble(arrays, f"{Path(path).stem}-{file_digest(path)}")
    except (ValueError, IndexError, TypeError) as error:
        raise UserError(
            f"{path}: its arrays do not fit together as an SMPL-X body ({error}); use another file"
        ) from error
    if len(model.v_template) == VERTICES:
        compare_with_smplx(model, arrays, path)
    return model


def assemble(
    arrays: dict[str, np.ndarray], model_id: str, joint_names: tuple[str, ...] = JOINT_NAMES
) -> BodyModel:
    """A model from the arrays of a file; ValueError if they do not fit the joints named.

    The file's own names take precedence, if it has any.
    """
    vertices, joint_count = len(arrays["v_template"]), len(joint_names)
    for name, shape in (
        ("v_template", (vertices, 3)),
        ("weights", (vertices, joint_count)),
        ("J_regressor", (joint_count, vertices)),
        ("posedirs", (vertices, 3, 9 * (joint_count - 1))),
        ("kintree_table", (2, joint_count)),
    ):
        if arrays[name].shape != shape:
            raise ValueError(f"{name} is {arrays[name].shape}, expected {shape}")
    shapedirs, exprdirs = _split_shape_space(arrays["shapedirs"])
    joints = partial(_regressed, np.asarray(arrays["J_regressor"], np.float64))
    parents = arrays["kintree_table"][0].astype(np.int64).tolist()
    parents[0] = -1  # stored as 2³²−1
    if any(parent >= joint for joint, parent in enumerate(parents)):
        raise ValueError("a joint comes before its parent in kintree_table")
    return BodyModel(
        v_template=_real(arrays["v_template"]),
        faces=_whole(arrays["f"]),
        shapedirs=_real(shapedirs),
        exprdirs=_real(exprdirs),
        posedirs=_real(arrays["posedirs"]) if arrays["posedirs"].any() else None,
        weights=_real(arrays["weights"]),
        J_template=_real(joints(arrays["v_template"])),
        J_shapedirs=_real(joints(shapedirs)),
        J_exprdirs=_real(joints(exprdirs)),
        parents=tuple(parents),
        joint_names=tuple(map(str, arrays.get("joint_names", joint_names)))[:joint_count],
        hands_mean=_hands_mean(arrays),
        landmarks=_landmark_table(arrays, vertices),
        uv=_real(arrays["vt"]) if "vt" in arrays else None,
        uv_faces=_whole(arrays["ft"]) if "ft" in arrays else None,
        model_id=model_id,
    )


def _split_shape_space(directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shape and expression columns: 300 + 100 in a full file, 10 + the rest in a short one.

    Of the expressions, the first 50 are used. Zero columns at the end of either (padding) are
    dropped; at least one column stays.
    """
    shapes = 300 if directions.shape[2] >= 400 else 10
    return _trim(directions[..., :shapes]), _trim(directions[..., shapes : shapes + EXPRESSIONS])


def _trim(directions: np.ndarray) -> np.ndarray:
    used = np.flatnonzero(directions.any((0, 1)))
    return directions[..., : used[-1] + 1 if len(used) else 1]


def _hands_mean(arrays: dict[str, np.ndarray]) -> Tensor:
    hands = [arrays.get(f"hands_mean{side}", np.zeros(45)) for side in "lr"]
    return _real(np.stack([hand.reshape(15, 3) for hand in hands]))


def _landmark_table(arrays: dict[str, np.ndarray], vertices: int) -> LandmarkTable | None:
    if "landmark_names" not in arrays and not _has_smplx_points(arrays):
        return None
    if "landmark_names" not in arrays:
        arrays = arrays | smplx_landmarks(arrays)
    table = LandmarkTable(
        names=tuple(map(str, arrays["landmark_names"])),
        joint=_whole(arrays["landmark_joint"]),
        vertices=_whole(arrays["landmark_vertices"]),
        weights=_real(arrays["landmark_weights"]),
    )
    if not 0 <= int(table.vertices.min()) <= int(table.vertices.max()) < vertices:
        raise ValueError("the landmark table names vertices that the mesh lacks")
    return table


def _has_smplx_points(arrays: dict[str, np.ndarray]) -> bool:
    return len(arrays["v_template"]) == VERTICES and all(name in arrays for name in FACE_POINTS)


def _real(array: np.ndarray | Tensor) -> Tensor:
    return torch.as_tensor(np.asarray(array, np.float32))


def _regressed(regressor: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(J,…) of the joints from those (V,…) at the vertices, by a (J,V) f64 whose rows read few."""
    joints = []
    for row in regressor:
        read = np.flatnonzero(row)
        joints.append(np.tensordot(row[read], values[read].astype(np.float64), 1))
    return np.stack(joints)


def _whole(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(array, np.int64))
