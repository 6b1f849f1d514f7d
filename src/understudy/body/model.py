"""A body model in memory: SMPL-X's arrays, its landmark table, and what identifies it."""

from dataclasses import dataclass, fields, replace
from functools import cached_property

import torch
from torch import Tensor

from understudy.body.landmarks import LandmarkTable
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.skinning import Posed, blend, skin
from understudy.errors import UserError


@dataclass(frozen=True)
class BodyModel:
    """An SMPL-X-format body; read one with `load_body`.

    v_template (V,3) m; faces (F,3) int64; shapedirs (V,3,S); exprdirs (V,3,E);
    posedirs (V,3,486), or None when all zero; weights (V,55);
    J_template (55,3), J_shapedirs (55,3,S), J_exprdirs (55,3,E): with the joint regressor applied;
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
    ) -> "ShapedBody":
        """Fold one person's shape in: betas (≤S,), joint_offset (55,3) m, vertex_offset (V,3) m.

        A joint offset moves only its joint, a vertex offset only its vertex.
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
        """The model of only the vertices (k,), without faces: fast to pose.

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

    @cached_property
    def expressive(self) -> tuple[Tensor, Tensor]:
        """The k vertices that expressions move: indices (k,), directions (k,3,E) m."""
        moved = self.exprdirs.any(2).any(1).nonzero()[:, 0]
        return moved, self.exprdirs[moved]

    def landmark_table(self) -> LandmarkTable:
        """The landmark table, or a UserError if the file has none."""
        if self.landmarks is None:
            raise UserError(
                f"{self.model_id}: the body file has no landmark table (landmark_names, …); "
                "add one, or use the embedded body"
            )
        return self.landmarks

    def landmark_submesh(self) -> "BodyModel":
        """The model of only the vertices that its landmark table reads."""
        return self.submesh(self.landmark_table().vertex_ids())

    def to(
        self, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
    ) -> "BodyModel":
        """The model on another device, its floating-point arrays in another dtype."""
        moved: dict = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Tensor):
                moved[field.name] = value.to(device, dtype if value.is_floating_point() else None)
            elif isinstance(value, LandmarkTable):
                moved[field.name] = value.to(device, dtype)
        return replace(self, **moved)


@dataclass(frozen=True)
class ShapedBody:
    """A body model with one person's shape folded in: vertices (V,3), joints (55,3), at rest."""

    model: BodyModel
    vertices: Tensor
    joints: Tensor

    def pose(self, pose: Pose) -> Posed:
        """Skin the n frames of `pose`."""
        return self.skin(axis_angle_to_matrix(pose.full()), pose.transl, pose.expression)

    def skin(self, rotations: Tensor, transl: Tensor, expression: Tensor | None = None) -> Posed:
        """Skin n frames.

        rotations (n,55,3,3) relative to the parent joint, transl (n,3), expression (n,≤E) or None.
        """
        n, model = len(rotations), self.model
        vertices, joints = self.vertices.expand(n, -1, 3), self.joints.expand(n, -1, 3)
        if expression is not None:
            e = expression.shape[-1]
            moved, directions = model.expressive
            vertices = vertices.index_add(1, moved, blend(directions[..., :e], expression))
            joints = joints + blend(model.J_exprdirs[..., :e], expression)
        if model.posedirs is not None:
            identity = torch.eye(3, dtype=rotations.dtype, device=rotations.device)
            vertices = vertices + blend(model.posedirs, (rotations[:, 1:] - identity).flatten(1))
        return skin(vertices, joints, model.weights, model.parents, rotations, transl)
