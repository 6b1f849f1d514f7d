"""The surface that ExAvatar's Gaussians sit on, and its parts."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from understudy.body.flame import Flame
from understudy.body.model import BodyModel
from understudy.body.skeleton import JOINT_NAMES
from understudy.gaussians.mesh import EYES, HANDS, as_surface, region, skin_faces, split_edges
from understudy.gaussians.surface import Surface

# SMPL-X's inner lips, which ExAvatar closes with six triangles: vertices, and triangles of them.
SMPLX_VERTICES = 10475
LIPS = np.array([2844, 2855, 8977, 1740, 1730, 1789, 8953, 2892])
LIP_FACES = np.array([[0, 1, 7], [1, 2, 7], [2, 3, 5], [3, 4, 5], [2, 5, 6], [2, 6, 7]])
MOVES = 1e-4  # m: vertices that a unit expression moves further belong to the expressive face
HEAD = ("head", "jaw", "left_eye", "right_eye")
HIPS = (("left_hip", 1.0), ("right_hip", -1.0))  # rad about z: legs apart, none nearest the other
JAW = 1 / 3  # rad, open where features are sampled


@dataclass(frozen=True)
class Parts:
    """Which of G points belong to which part, (G,) bool each; a point may belong to several.

    face: FLAME's vertices where the body holds FLAME, else those of the head; expression: of them,
    those that expressions move, without neck and eyeballs; unwrapped: the same with the eyeballs,
    whose colours the face's texture holds; cavity: what closes the mouth.
    """

    left_hand: Tensor
    right_hand: Tensor
    face: Tensor
    expression: Tensor
    unwrapped: Tensor
    cavity: Tensor

    @property
    def hands(self) -> Tensor:
        return self.left_hand | self.right_hand


def closed_faces(body: BodyModel) -> tuple[np.ndarray, np.ndarray]:
    """The faces of skin and eyes, with SMPL-X's mouth closed, and the vertices that close it."""
    faces = skin_faces(body)
    if len(body.v_template) != SMPLX_VERTICES:
        return faces, np.zeros(0, np.int64)
    return np.concatenate([faces, LIPS[LIP_FACES]]), LIPS


def subdivided_surface(body: BodyModel, times: int) -> Surface:
    """The points of `subdivided`, in the order of PyTorch3D's SubdivideMeshes, which ExAvatar uses:
    the body's own vertices, then the middles of its edges, sorted by their vertices."""
    faces, _ = closed_faces(body)
    rest = body.v_template.numpy().astype(np.float64)
    combination = sp.identity(len(rest), format="csr")
    for _ in range(times):
        split, faces = split_edges(combination @ rest, faces, max_edge=0.0)
        combination = split @ combination
    return as_surface(combination, faces)


def subdivided(body: BodyModel, times: int, flame: Flame | None) -> tuple[Surface, Parts]:
    """Every edge halved `times` times; the body's own points come first."""
    _, lips = closed_faces(body)
    surface = subdivided_surface(body, times)
    return surface, _parts(body, surface, lips, flame)


def points_of(surface: Surface, vertices: int) -> Tensor:
    """(V,): the point that each of the body's `vertices` became; −1 where there is none."""
    own = (surface.weights.amax(1) == 1).nonzero()[:, 0]
    ids = surface.vertex_ids[own].gather(1, surface.weights[own].argmax(1, keepdim=True))[:, 0]
    found = torch.full((vertices,), -1, device=own.device)
    found[ids] = own
    return found


def _parts(body: BodyModel, surface: Surface, lips: np.ndarray, flame: Flame | None) -> Parts:
    def of(vertices: Tensor) -> Tensor:
        return surface.interpolate(vertices.float()[:, None])[:, 0] > 0

    closing = torch.zeros(len(body.v_template), dtype=torch.bool)
    closing[torch.from_numpy(lips)] = True
    face, neck, eyes = _head(body, flame)
    moved = face & (body.exprdirs.norm(dim=1).amax(1) > MOVES) & ~neck
    sides = [tuple(n for n in HANDS if n.startswith(side)) for side in ("left", "right")]
    left, right = (region(body, names)[:, 0] > 0.5 for names in sides)
    parts = left, right, face, moved & ~eyes, moved, closing
    return Parts(*map(of, parts))


def _head(body: BodyModel, flame: Flame | None) -> tuple[Tensor, Tensor, Tensor]:
    """Which of the body's vertices are the face's, its neck's and its eyeballs', (V,) bool each."""
    if flame is None:
        led = body.weights.argmax(1)
        expressive = body.exprdirs.norm(dim=1).amax(1) > MOVES
        face = expressive | (region(body, HEAD)[:, 0] > 0.5)
        of_eyes = [k for k, name in enumerate(body.joint_names) if name.startswith(EYES)]
        return face, led == body.joint("neck"), torch.isin(led, torch.tensor(of_eyes))
    found = torch.zeros(3, len(body.v_template), dtype=torch.bool)
    everything = torch.ones_like(flame.neck)
    found[:, flame.vertex_ids] = torch.stack([everything, flame.neck, flame.eyes])
    face, neck, eyes = found
    return face, neck, eyes


def big_pose(body: BodyModel, jaw: float = 0.0) -> Tensor:
    """(1,55,3) rad: the pose in which offsets and features are defined, legs apart."""
    pose = torch.zeros(1, len(JOINT_NAMES), 3)
    for name, turn in HIPS:
        pose[0, body.joint(name), 2] = turn
    pose[0, body.joint("jaw"), 0] = jaw
    return pose
