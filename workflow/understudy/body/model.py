"""A body model in memory: SMPL-X's arrays, its landmark table, and what identifies it."""

from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from understudy.body.files import read_body_arrays
from understudy.body.landmarks import LandmarkTable
from understudy.body.pose import EXPRESSIONS
from understudy.body.skeleton import JOINT_NAMES
from understudy.body.skinning import ShapedBody
from understudy.body.smplx_landmarks import FACE_POINTS, VERTICES, smplx_landmarks
from understudy.errors import UserError
from understudy.files import file_digest


@dataclass(frozen=True)
class BodyModel:
    """An SMPL-X-format body; read one with `load_body`.

    v_template (V,3) m; faces (F,3) int64; shapedirs (V,3,S); exprdirs (V,3,E);
    posedirs (V,3,486), or None when all zero; weights (V,55);
    J_template (55,3), J_shapedirs (55,3,S), J_exprdirs (55,3,E): the joint regressor applied;
    parents: 55 ints, −1 for the root; joint_names: 55; hands_mean (2,15,3) rad, left then right:
    a relaxed hand against the flat one, never added by skinning;
    landmarks: None if the file has no table; uv (T,2), uv_faces (F,3) int64: None if absent;
    model_id: name and 12 hex digits of the file's digest, stamped into every file made with it.
    """

    v_template: Tensor
    faces: Tensor
    shapedirs: Tensor
    exprdirs: Tensor
    posedirs: Tensor | None
    weights: Tensor
    J_template: Tensor
    J_shapedirs: Tensor
    J_exprdirs: Tensor
    parents: tuple[int, ...]
    joint_names: tuple[str, ...]
    hands_mean: Tensor
    landmarks: LandmarkTable | None
    uv: Tensor | None
    uv_faces: Tensor | None
    model_id: str

    def joint(self, name: str) -> int:
        """The index of a joint, such as "left_wrist"."""
        return self.joint_names.index(name)

    def shaped(
        self,
        betas: Tensor,
        joint_offset: Tensor | None = None,
        vertex_offset: Tensor | None = None,
    ) -> ShapedBody:
        """Fold one person's shape in: betas (≤S,), joint_offset (55,3) m, vertex_offset (V,3) m.

        A joint offset moves a joint alone, a vertex offset a vertex alone.
        """
        s = len(betas)
        if s > self.shapedirs.shape[-1]:
            raise ValueError(f"{s} betas, but {self.model_id} has {self.shapedirs.shape[-1]}")
        vertices = self.v_template + self.shapedirs[..., :s] @ betas
        joints = self.J_template + self.J_shapedirs[..., :s] @ betas
        if joint_offset is not None:
            joints = joints + joint_offset
        if vertex_offset is not None:
            vertices = vertices + vertex_offset
        return ShapedBody(self, vertices, joints)

    def submesh(self, vertex_ids: Tensor) -> "BodyModel":
        """The model of the vertices (k,) alone, without faces: poses them fast.

        The landmark table is kept if it needs no other vertex.
        """
        return replace(
            self,
            v_template=self.v_template[vertex_ids],
            faces=self.faces[:0],
            shapedirs=self.shapedirs[vertex_ids],
            exprdirs=self.exprdirs[vertex_ids],
            posedirs=None if self.posedirs is None else self.posedirs[vertex_ids],
            weights=self.weights[vertex_ids],
            landmarks=self.landmarks and self.landmarks.reindexed(vertex_ids),
            uv=None,
            uv_faces=None,
        )

    def landmark_table(self) -> LandmarkTable:
        """The landmark table, or a UserError if the file brought none."""
        if self.landmarks is None:
            raise UserError(
                f"{self.model_id}: the body file has no landmark table (landmark_names, …); "
                "add one, or use the built-in body"
            )
        return self.landmarks

    def landmark_submesh(self) -> "BodyModel":
        """The model of just the vertices that its landmark table reads."""
        return self.submesh(self.landmark_table().vertex_ids())

    def to(
        self, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
    ) -> "BodyModel":
        """On another device, its real numbers in another dtype."""
        moved = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Tensor):
                moved[field.name] = value.to(device, dtype if value.is_floating_point() else None)
            elif isinstance(value, LandmarkTable):
                moved[field.name] = value.to(device, dtype)
        return replace(self, **moved)


def load_body(path: Path | str) -> BodyModel:
    """Read an SMPL-X-format .npz or .pkl (without chumpy objects); UserError if it is none."""
    arrays = read_body_arrays(path)
    try:
        return assemble(arrays, f"{Path(path).stem}-{file_digest(path)}")
    except (ValueError, IndexError, TypeError) as error:
        raise UserError(
            f"{path}: its arrays do not fit together as an SMPL-X body ({error}); use another file"
        ) from error


def assemble(
    arrays: dict[str, np.ndarray], model_id: str, joint_names: tuple[str, ...] = JOINT_NAMES
) -> BodyModel:
    """A model from the arrays of a file; ValueError if they do not fit the joints named.

    The file's own names count where it has any.
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
    regressor = torch.from_numpy(np.asarray(arrays["J_regressor"], np.float64))
    joints = partial(torch.einsum, "jv,v...->j...", regressor)
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
        J_template=_real(joints(_double(arrays["v_template"]))),
        J_shapedirs=_real(joints(_double(shapedirs))),
        J_exprdirs=_real(joints(_double(exprdirs))),
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
    dropped; one column at least stays.
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


def _double(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(array, np.float64))


def _whole(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(array, np.int64))
