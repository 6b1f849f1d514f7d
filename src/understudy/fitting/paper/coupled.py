"""What is minimised for a body with FLAME: both follow the keypoints, and FLAME shapes the face."""

import numpy as np
import torch
from torch import Tensor

from understudy.body import rotation6d
from understudy.body.flame import FLAME_LANDMARKS, Flame
from understudy.body.landmarks import landmarks
from understudy.body.model import BodyModel
from understudy.body.skeleton import JOINT_INDEX
from understudy.fitting.paper import losses
from understudy.fitting.paper.face_losses import FaceMesh
from understudy.fitting.paper.objective import SHARED, BodyObjective, rotations_of
from understudy.fitting.paper.paper_body import PosedPoints
from understudy.fitting.paper.settings import PaperFitSettings
from understudy.fitting.paper.unknowns import Unknowns
from understudy.observation.observed import Observed

_JAW, _FINGERS = JOINT_INDEX["jaw"], JOINT_INDEX["left_index1"]  # between them, the eyes
_POINTS = [losses.NAMES.index(name) for name in FLAME_LANDMARKS]


class CoupledObjective:
    """The terms of a body and a FLAME head.

    Besides the body's unknowns (`BodyObjective`) there are, per frame, flame_root and flame_neck
    (1,6), rotations, and flame_place (3,) m, of FLAME's neck joint; shared, flame_shape (S,) and
    face_offset (V,3) m on FLAME's vertices. Jaw, eyes and expression are FLAME's: the body takes
    them over, but passes them no gradient.
    """

    warm_up_moves: tuple[str, ...] = ("root", "pelvis", "flame_root", "flame_place")

    def __init__(
        self,
        body: BodyModel,
        flame: Flame,
        observed: Observed,
        rotations: np.ndarray,
        expression: np.ndarray,
        face_valid: np.ndarray,
        face_shape: np.ndarray,
        settings: PaperFitSettings,
    ):
        """As in `BodyObjective`; face_shape (S,): FLAME's shape as estimated from the faces."""
        count = len(flame.vertex_ids)
        spread = torch.linspace(0, count - 1, min(settings.mesh_vertices, count)).round().long()
        self.of_body = BodyObjective(
            body,
            observed,
            rotations,
            expression,
            face_valid,
            settings,
            flame.vertex_ids[spread],
        )
        self.body, self.settings, self.flame = self.of_body.body, settings, flame
        self.face = FaceMesh(flame)
        self.shape = torch.zeros(min(settings.betas, flame.model.shapedirs.shape[-1]))
        known = min(len(self.shape), len(face_shape))
        self.shape[:known] = torch.from_numpy(face_shape[:known]).float()
        self.rest_face = body.v_template[flame.vertex_ids]
        self.face_directions = body.shapedirs[flame.vertex_ids]
        self.kept = torch.isin(self.body.ids, flame.vertex_ids).nonzero()[:, 0]
        order = flame.vertex_ids.argsort()
        at = torch.searchsorted(flame.vertex_ids[order], self.body.ids[self.kept])
        self.kept_face = order[at]
        ids = torch.cat([flame.model.landmark_table().vertex_ids(), spread]).unique()
        self.head = flame.model.submesh(ids)
        self.head_spread = torch.searchsorted(ids, spread)
        self.body_spread = self.body.places(flame.vertex_ids[spread])
        self.of_body.head = self.body_spread

    def unknowns(self) -> Unknowns:
        """The initial values: FLAME laid on the body's face, its own shape as estimated."""
        start = self.of_body.unknowns()
        n, body = len(start), self.of_body.body.model
        turn, shift = _rigid(self.flame.model.v_template, self.rest_face)
        root = self.of_body.first[:, 0]
        neck = turn @ self.flame.model.J_template[0] + shift - body.J_template[0]
        same = torch.eye(3).expand(n, 1, 3, 3)
        frames = {
            "flame_root": rotation6d.from_matrix((root @ turn)[:, None]),
            "flame_neck": rotation6d.from_matrix(same).clone(),
            "flame_place": start.frames["pelvis"] + root @ neck,
        }
        shared = {
            "flame_shape": self.shape.clone(),
            "face_offset": torch.zeros(len(self.flame.vertex_ids), 3),
        }
        return Unknowns(start.frames | frames, start.shared | shared)

    def warm_up(self, values: Unknowns, batch: Tensor) -> Tensor:
        """The loss of the first steps, for the frames `batch` (b,)."""
        return torch.stack([*self.warm_up_terms(values, batch).values()]).sum()

    def warm_up_terms(self, values: Unknowns, batch: Tensor) -> dict[str, Tensor]:
        """What `warm_up` sums, by the name of its weight."""
        s = self.settings
        everywhere = torch.ones(len(batch), dtype=torch.bool)
        rotations = rotations_of(values)
        bare, whole = self._bodies(values, rotations)
        points, head = self._head(values, rotations)
        apart = head[:, self.head_spread] - whole.vertices[:, self.body_spread].detach()
        of_body = self.of_body
        return {
            "keypoints": s.keypoints * of_body.keypoint_term(whole, batch, everywhere),
            "keypoints_bare": s.keypoints_bare * of_body.keypoint_term(bare, batch, everywhere),
            "flame_keypoints": s.flame_keypoints * self._head_keypoints(points, batch, everywhere),
            "flame_on_body": s.flame_on_body * apart.abs().mean(),
        }

    def full(self, values: Unknowns, batch: Tensor, hands_weight: float) -> Tensor:
        """The loss after those; `hands_weight`: how much more the hands' joint offsets weigh."""
        return torch.stack([*self.terms(values, batch, hands_weight).values()]).sum()

    def terms(self, values: Unknowns, batch: Tensor, hands_weight: float) -> dict[str, Tensor]:
        """What `full` sums, by the name of its weight."""
        s, of_body = self.settings, self.of_body
        rotations = rotations_of(values)
        bare, whole = self._bodies(values, rotations)
        initial = of_body.initial(values, batch)
        faces = of_body.faces_seen(initial, batch)
        points, _ = self._head(values, rotations)
        terms = {
            "keypoints": s.keypoints * of_body.keypoint_term(whole, batch, faces),
            "keypoints_bare": s.keypoints_bare * of_body.keypoint_term(bare, batch, faces),
            "flame_keypoints": s.flame_keypoints * self._head_keypoints(points, batch, faces),
            "flame_pose": s.flame_pose * self._head_pose(values, rotations, batch),
        }
        terms |= of_body.pose_terms(values, bare, rotations, initial, batch)
        terms |= of_body.shared_terms(values.shared, hands_weight)
        return terms | self._face_terms(values.shared)

    def face_moved(self, shared: dict[str, Tensor]) -> dict[str, Tensor]:
        """vertex_offset (k,3) m: the face offset on the vertices of the reduced body; joint_shift
        (55,3) m: on the joints whose rest position follows those vertices."""
        offset = torch.zeros(len(self.body.ids), 3)
        face = shared["face_offset"]
        return {
            "vertex_offset": offset.index_copy(0, self.kept, face[self.kept_face]),
            "joint_shift": self.flame.joint_regressor @ face,
        }

    def _bodies(self, values: Unknowns, rotations: Tensor) -> tuple[PosedPoints, PosedPoints]:
        """The posed body without and with the face offset."""
        face = rotations[:, _JAW:_FINGERS].detach()
        turned = torch.cat([rotations[:, :_JAW], face, rotations[:, _FINGERS:]], 1)
        pelvis, smile = values.frames["pelvis"], values.frames["expression"].detach()
        shared = {name: values.shared[name] for name in SHARED}
        moved = self.face_moved(values.shared)
        bare = self.body.posed(turned, pelvis, smile, **shared)
        return bare, self.body.posed(turned, pelvis, smile, **shared, **moved)

    def _head(self, values: Unknowns, rotations: Tensor) -> tuple[Tensor, Tensor]:
        """Points (b,72,3) of FLAME_LANDMARKS and the vertices kept (b,k,3), m."""
        frames, shape = values.frames, values.shared["flame_shape"]
        own = torch.cat([frames["flame_root"], frames["flame_neck"]], 1)
        turned = torch.cat([rotation6d.to_matrix(own), rotations[:, _JAW:_FINGERS]], 1)
        shaped, smile = self.head.shaped(shape), frames["expression"]
        neck = shaped.joints[0] + smile @ self.head.J_exprdirs[0, :, : smile.shape[-1]].T
        posed = shaped.skin(turned, frames["flame_place"] - neck, smile)
        return landmarks(posed, self.head.landmark_table()), posed.vertices

    def _head_keypoints(self, points: Tensor, batch: Tensor, faces: Tensor) -> Tensor:
        pictures = self.of_body.pictures
        weight = pictures.valid[batch].clone()
        weight[:, losses.FACE] *= faces[:, None]
        projected = pictures.project(points, batch)
        seen, weight = pictures.seen[batch][:, _POINTS], weight[:, _POINTS]
        return losses.keypoint_loss(projected, seen, weight, len(losses.UNDETECTED) - 1)

    def _head_pose(self, values: Unknowns, rotations: Tensor, batch: Tensor) -> Tensor:
        """|R − R₀| of FLAME's neck, jaw and eyes."""
        neck = rotation6d.to_matrix(values.frames["flame_neck"])
        turned = torch.cat([neck, rotations[:, _JAW:_FINGERS]], 1)
        face = self.of_body.first[batch, _JAW:_FINGERS]
        first = torch.cat([torch.eye(3).expand(len(batch), 1, 3, 3), face], 1)
        return losses.pose_loss(turned, first)

    def _face_terms(self, shared: dict[str, Tensor]) -> dict[str, Tensor]:
        """The body's face at rest against FLAME's, FLAME's shape, the offset; weighted."""
        s, offset, shape = self.settings, shared["face_offset"], shared["flame_shape"]
        face = self.rest_face + self.face_directions[..., : len(shared["betas"])] @ shared["betas"]
        face = face + offset
        flame = (
            self.flame.model.v_template
            + self.flame.model.shapedirs[..., : len(shape)] @ shape.detach()
        )
        return {
            "face_vertices": s.face_vertices * self.face.vertex_loss(face, flame),
            "face_laplacian": s.face_laplacian * self.face.laplacian_loss(face, flame),
            "face_edges": s.face_edges * self.face.edge_loss(face, flame),
            "neck_offset": s.neck_offset * self.face.neck_loss(offset),
            "face_symmetry": s.symmetry * self.face.symmetry_loss(offset),
            "flame_shape": s.flame_shape * (shape - self.shape).abs().mean(),
        }


def _rigid(moved: Tensor, onto: Tensor) -> tuple[Tensor, Tensor]:
    """The rotation (3,3) and shift (3,) that bring points (k,3) nearest to others (Kabsch 1976)."""
    from_centre, to_centre = moved.mean(0), onto.mean(0)
    u, _, vt = torch.linalg.svd((moved - from_centre).T @ (onto - to_centre))
    sign = torch.ones(3)
    sign[2] = torch.sign(torch.linalg.det(u @ vt))
    turn = vt.T @ torch.diag(sign) @ u.T
    return turn, to_centre - turn @ from_centre
