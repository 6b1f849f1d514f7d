"""The body as ExAvatar's losses see it: keypoints and mesh, placed by the pelvis."""

from dataclasses import dataclass

import torch
from torch import Tensor

from understudy.body.landmarks import LANDMARK_NAMES, landmarks
from understudy.body.model import BodyModel

# The hand's root duplicates the wrist and is not used.
MARKS = torch.tensor([i for i, name in enumerate(LANDMARK_NAMES) if "hand_root" not in name])
NO_VERTICES = torch.zeros(0, dtype=torch.int64)
_HEAD = ("head", "jaw", "left_eye_smplhf", "right_eye_smplhf")
_HIPS = ("left_hip", "right_hip")
_LEGS = (("left_knee", "right_knee"), ("left_ankle", "right_ankle"))


@dataclass(frozen=True)
class PosedPoints:
    """b posed frames in camera space: points (b,131,3) m in the order of MARKS; vertices
    (b,V,3) m of the reduced body."""

    points: Tensor
    vertices: Tensor


class PaperBody:
    """A body model reduced to V vertices: those that landmarks and mesh terms need, and `more`.

    mesh (m,): which of them represent the whole mesh; head (k,): which of those are the head's.
    """

    def __init__(self, body: BodyModel, mesh_vertices: int, more: Tensor = NO_VERTICES):
        count = len(body.v_template)
        spread = torch.linspace(0, count - 1, min(mesh_vertices, count)).round().long()
        self.ids = torch.cat([body.landmark_table().vertex_ids(), spread, more]).unique()
        self.model = body.submesh(self.ids)
        self.table = self.model.landmark_table()
        self.mesh = self.places(spread)
        head = torch.tensor([body.joint(name) for name in _HEAD])
        self.head = self.places(spread[torch.isin(body.weights[spread].argmax(1), head)])
        self.fixed = [body.joint(name) for name in ("pelvis", *_HIPS)]
        self.hips = [body.joint(name) for name in _HIPS]
        self.hip_points = [LANDMARK_NAMES.index(name) for name in _HIPS]
        self.leg_points = [[LANDMARK_NAMES.index(name) for name in pair] for pair in _LEGS]

    def places(self, ids: Tensor) -> Tensor:
        """Indices among the V of the body's vertices `ids` (k,), all of which are kept."""
        return torch.searchsorted(self.ids, ids)

    def rest_pelvis(self, betas: Tensor, expression: Tensor) -> Tensor:
        """(b,3) m: where the pelvis is at rest."""
        shift = self.model.J_exprdirs[0, :, : expression.shape[-1]]
        return self.model.shaped(betas).joints[0] + expression @ shift.T

    def allowed(self, joint_offset: Tensor) -> Tensor:
        """joint_offset (55,3) with pelvis and hips held at 0."""
        free = torch.ones(len(joint_offset), 1)
        free[self.fixed] = 0
        return joint_offset * free

    def posed(
        self,
        rotations: Tensor,
        pelvis: Tensor,
        expression: Tensor,
        betas: Tensor,
        joint_offset: Tensor,
        locator_offset: Tensor,
        vertex_offset: Tensor | None = None,
        joint_shift: Tensor | None = None,
    ) -> PosedPoints:
        """rotations (b,55,3,3) relative to the parent; pelvis (b,3): its posed position, m;
        expression (b,E); betas (S,); joint_offset, locator_offset (55,3) m: of the latter only the
        hips', which move only the reported points; vertex_offset (V,3) m, and joint_shift (55,3) m,
        what the joints move with it, or None."""
        moved = self.allowed(joint_offset)
        moved = moved if joint_shift is None else moved + joint_shift
        shaped = self.model.shaped(betas, moved, vertex_offset)
        transl = pelvis - self.rest_pelvis(betas, expression)
        posed = shaped.skin(rotations, transl, expression)
        points = landmarks(posed, self.table)
        moved = torch.zeros(len(points), len(LANDMARK_NAMES), 3)
        # As joints of a chain: where the leg is bent, what is reported of it shifts a little too.
        hips = locator_offset[self.hips]
        root = rotations[:, 0]
        turned = root[:, None] @ rotations[:, self.hips]
        along = torch.einsum("bij,sj->bsi", root, hips)
        beyond = along - torch.einsum("bsij,sj->bsi", turned, hips)
        moved[:, self.hip_points] = along
        for below in self.leg_points:
            moved[:, below] = beyond
        return PosedPoints((points + moved)[:, MARKS], posed.vertices)
