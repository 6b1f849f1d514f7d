"""What is minimised for a body: its terms, and the unknowns that they need."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from understudy.body import rotation6d
from understudy.body.model import BodyModel
from understudy.body.skeleton import JOINT_COUNT, JOINT_INDEX
from understudy.fitting.paper import losses
from understudy.fitting.paper.box import Boxes, body_boxes, first_places
from understudy.fitting.paper.paper_body import MARKS, NO_VERTICES, PaperBody, PosedPoints
from understudy.fitting.paper.settings import PaperFitSettings
from understudy.fitting.paper.unknowns import Unknowns
from understudy.observation.observed import Observed

_SPINE = [JOINT_INDEX[name] for name in ("spine1", "spine2", "spine3", "neck", "head")]
_HANDS = torch.arange(JOINT_INDEX["left_index1"], JOINT_COUNT)
_LEFT = torch.tensor([j for name, j in JOINT_INDEX.items() if name.startswith("left_")])
_RIGHT = torch.tensor(
    [JOINT_INDEX[n.replace("left_", "right_")] for n in JOINT_INDEX if n.startswith("left_")]
)


SHARED = ("betas", "joint_offset", "locator_offset")


@dataclass(frozen=True)
class BoxedKeypoints:
    """n frames as the losses see them, in units of their boxes: seen (n,131,2), valid (n,131) of
    0 and 1, focal (n,2), centre (n,2); boxes, px."""

    seen: Tensor
    valid: Tensor
    focal: Tensor
    centre: Tensor
    boxes: Boxes

    def project(self, points: Tensor, batch: Tensor) -> Tensor:
        """Points (b,l,3) m of the frames `batch` (b,) -> (b,l,2)."""
        return losses.project(points, self.focal[batch], self.centre[batch])


def boxed_keypoints(observed: Observed, settings: PaperFitSettings) -> BoxedKeypoints:
    """The keypoints of the frames in which somebody is seen."""
    xy, valid = observed.xy[observed.seen][:, MARKS], observed.score[observed.seen][:, MARKS] > 0
    boxes = body_boxes(xy, valid, settings)
    camera, width = observed.camera, settings.projection
    n = len(xy)
    return BoxedKeypoints(
        seen=_tensor(boxes.scaled(xy, width)),
        valid=_tensor(valid),
        focal=_tensor(np.diag(camera)[:2] * (width / boxes.side)[:, None]),
        centre=_tensor(boxes.scaled(np.tile(camera[:2, 2], (n, 1, 1)), width)[:, 0]),
        boxes=boxes,
    )


class BodyObjective:
    """The terms of a body without FLAME: its own face follows the 68 points.

    Unknowns per frame: root (1,6) and joints (54,6), rotations; pelvis (3,) m; expression
    (E,). Shared: betas (S,); joint_offset (55,3) and locator_offset (55,3) m.
    """

    warm_up_moves: tuple[str, ...] = ("root", "pelvis")

    def __init__(
        self,
        body: BodyModel,
        observed: Observed,
        rotations: np.ndarray,
        expression: np.ndarray,
        face_valid: np.ndarray,
        settings: PaperFitSettings,
        more: Tensor = NO_VERTICES,
    ):
        """rotations (n,55,3,3), expression (n,E), face_valid (n,): the initial ones, for the frames
        in which somebody is seen; more (k,): vertices that are needed besides."""
        self.body, self.settings = PaperBody(body, settings.mesh_vertices, more), settings
        self.head = self.body.head  # vertices whose middle is the head's
        self.pictures = boxed_keypoints(observed, settings)
        self.first, self.expression = _tensor(rotations), _tensor(expression)
        self.face_valid = torch.from_numpy(face_valid)
        self.places = _tensor(
            first_places(self.pictures.boxes, observed.camera, settings.box_metres)
        )

    def unknowns(self) -> Unknowns:
        """The initial values."""
        rows = rotation6d.from_matrix(self.first)
        betas = min(self.settings.betas, self.body.model.shapedirs.shape[-1])
        return Unknowns(
            {
                "root": rows[:, :1].clone(),
                "joints": rows[:, 1:].clone(),
                "pelvis": self.places.clone(),
                "expression": self.expression.clone(),
            },
            {
                "betas": torch.zeros(betas),
                "joint_offset": torch.zeros(JOINT_COUNT, 3),
                "locator_offset": torch.zeros(JOINT_COUNT, 3),
            },
        )

    def warm_up(self, values: Unknowns, batch: Tensor) -> Tensor:
        """The loss in the first steps, for the frames `batch` (b,)."""
        figure = self._posed(values, rotations_of(values))
        everywhere = torch.ones(len(batch), dtype=torch.bool)
        return self._both_keypoints * self.keypoint_term(figure, batch, everywhere)

    def full(self, values: Unknowns, batch: Tensor, hands_weight: float) -> Tensor:
        """The loss after those; `hands_weight`: how much more the hands' joint offsets weigh."""
        rotations = rotations_of(values)
        figure, initial = self._posed(values, rotations), self.initial(values, batch)
        faces = self.faces_seen(initial, batch)
        keypoints = self._both_keypoints * self.keypoint_term(figure, batch, faces)
        terms = self.pose_terms(values, figure, rotations, initial, batch)
        terms |= self.shared_terms(values.shared, hands_weight)
        return torch.stack([keypoints, *terms.values()]).sum()

    @property
    def _both_keypoints(self) -> float:
        """With and without face offset the body is the same here: its keypoints count for both."""
        return self.settings.keypoints + self.settings.keypoints_bare

    def face_moved(self, shared: dict[str, Tensor]) -> dict[str, Tensor]:
        """No vertex of this body is moved, and no joint with one."""
        return {}

    def keypoint_term(self, figure: PosedPoints, batch: Tensor, faces: Tensor) -> Tensor:
        """The keypoint loss, unweighted; faces (b,) bool: where the 68 points count."""
        projected = self.pictures.project(figure.points, batch)
        valid = self.pictures.valid[batch]
        with torch.no_grad():
            most, depth = self.settings.hands_apart, figure.points[..., 2]
            weight = valid * losses.hands_apart(projected, depth, valid, most)
            weight[:, losses.FACE] *= faces[:, None]
        undetected = len(losses.UNDETECTED)
        return losses.keypoint_loss(projected, self.pictures.seen[batch], weight, undetected)

    def pose_terms(
        self,
        values: Unknowns,
        figure: PosedPoints,
        rotations: Tensor,
        initial: PosedPoints,
        batch: Tensor,
    ) -> dict[str, Tensor]:
        """What keeps the frames near their start, weighted, by the name of its weight; `figure`:
        without face offset."""
        s, mesh = self.settings, self.body.mesh
        pelvis, smile = values.frames["pelvis"][:, None], values.frames["expression"]
        moved = figure.vertices[:, mesh] - pelvis - initial.vertices[:, mesh] + pelvis.detach()
        return {
            "mesh": s.mesh * moved.abs().mean(),
            "pose": s.pose * losses.pose_loss(rotations, self.first[batch]),
            "forward_head": s.forward_head * losses.forward_head_loss(rotations[:, _SPINE]),
            "expression": s.expression * (smile - self.expression[batch]).abs().mean(),
        }

    def shared_terms(self, shared: dict[str, Tensor], hands_weight: float) -> dict[str, Tensor]:
        """What keeps shape and offsets small and symmetric, weighted, by name."""
        s, offset, locator = self.settings, shared["joint_offset"], shared["locator_offset"]
        return {
            "shape": s.shape * (shared["betas"] ** 2).mean(),
            "joint_offset": s.joint_offset * losses.joint_offset_loss(offset, _HANDS, hands_weight),
            "locator_offset": s.locator_offset * (locator**2).mean(),
            "joint_symmetry": s.symmetry * losses.symmetry_loss(offset, _LEFT, _RIGHT),
            "locator_symmetry": s.symmetry * losses.symmetry_loss(locator, _LEFT, _RIGHT),
        }

    @torch.no_grad()
    def initial(self, values: Unknowns, batch: Tensor) -> PosedPoints:
        """The body with its current shape and position, in the initial pose."""
        return self._posed(values, self.first[batch])

    def _posed(self, values: Unknowns, rotations: Tensor) -> PosedPoints:
        """The body without face offset, in rotations (b,55,3,3)."""
        frames, shared = values.frames, {name: values.shared[name] for name in SHARED}
        return self.body.posed(rotations, frames["pelvis"], frames["expression"], **shared)

    def faces_seen(self, initial: PosedPoints, batch: Tensor) -> Tensor:
        """(b,) bool: a face was found and looks at the camera."""
        middle = initial.vertices[:, self.head].mean(1)
        eyes = initial.points[:, losses.EYES].mean(1)
        turned = losses.face_to_camera(middle, eyes, self.settings.face_turned)
        return self.face_valid[batch] & turned


def rotations_of(values: Unknowns) -> Tensor:
    """(b,55,3,3) from the unknowns root and joints."""
    return rotation6d.to_matrix(torch.cat([values.frames["root"], values.frames["joints"]], 1))


def _tensor(array: np.ndarray) -> Tensor:
    return torch.tensor(array, dtype=torch.get_default_dtype())
