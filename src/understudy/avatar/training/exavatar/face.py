"""The face as the video shows it: a texture, and its image in a frame.

ExAvatar unwraps the face into FLAME's UV map, of 512 × 512 texels. Here each of the face's
triangles has its own grid of texels, about as many: no UV map is needed, and no texel lies on a
seam.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import grid_sample, normalize

from understudy.avatar.training.exavatar.mesh import Parts, closed_faces, points_of
from understudy.avatar.training.footage import Footage
from understudy.avatar.training.poses import FramePose
from understudy.body.model import BodyModel, ShapedBody
from understudy.body.zbuffer import shown_faces
from understudy.gaussians.mesh import EYES
from understudy.gaussians.surface import Surface

CELLS = 4  # along each side of a triangle
FACING = math.cos(math.radians(135.0))  # of the angle between where the face and the camera look

_PLACES = [(i, j) for i in range(CELLS + 1) for j in range(CELLS + 1 - i)]
_INDEX = torch.zeros(CELLS + 1, CELLS + 1, dtype=torch.int64)  # of the texel at (i, j)
for _k, _place in enumerate(_PLACES):
    _INDEX[_place] = _k
# (T,3): where a triangle's texels lie in it.
TEXELS = torch.tensor([[CELLS - i - j, i, j] for i, j in _PLACES]) / CELLS


@dataclass(frozen=True)
class FaceTexture:
    """corners (F,3): the points at the corners of the head's F triangles; colors (F,T,3) in [0,1]
    at TEXELS; known (F,T) bool: where the face was seen."""

    corners: Tensor
    colors: Tensor
    known: Tensor

    def pasted(self, points: Tensor, K: Tensor, picture: Tensor) -> Tensor:
        """(h,w,3): a picture (h,w,3) in which the face of the posed points (G,3) m has this
        texture; differentiable in both. K (3,3) px."""
        height, width = picture.shape[:2]
        vertices = points.detach().double().cpu().numpy()
        faces = self.corners.cpu().numpy()
        shown = shown_faces(vertices, faces, K.double().cpu().numpy(), width, height)
        rows, columns = np.nonzero(shown >= 0)
        triangle = torch.from_numpy(shown[rows, columns]).to(points.device)
        row, column = (torch.from_numpy(x).to(points.device) for x in (rows, columns))
        shares = self._shares(points[self.corners[triangle]], K.to(points), row, column)
        color, known = self._sampled(triangle, shares)
        return picture.index_put((row[known], column[known]), color[known])

    @staticmethod
    def _shares(corners: Tensor, K: Tensor, row: Tensor, column: Tensor) -> Tensor:
        """(p,3): how much of each of its triangle's corners (p,3,3) m a pixel shows."""
        x = (column + 0.5 - K[0, 2]) / K[0, 0]
        y = (row + 0.5 - K[1, 2]) / K[1, 1]
        ray = torch.stack([x, y, torch.ones_like(x)], 1)
        # Of the parallelepiped of two corners and the ray, which ends on the triangle's plane.
        opposite = torch.linalg.cross(corners[:, [1, 2, 0]], corners[:, [2, 0, 1]])
        volume = (opposite * ray[:, None]).sum(-1)
        return volume / volume.sum(1, keepdim=True)

    def _sampled(self, triangle: Tensor, shares: Tensor) -> tuple[Tensor, Tensor]:
        """Colours (p,3), linear between the three nearest texels, and whether they are known."""
        place = shares[:, 1:].clamp(0, 1) * CELLS
        cell = place.detach().floor().clamp(max=CELLS - 1)
        (i, j), (u, v) = cell.long().T, (place - cell).T
        index = _INDEX.to(triangle.device)
        near = torch.stack([index[i, j], index[i + 1, j], index[i, j + 1]], 1)
        far = torch.stack([index[i + 1, j + 1], index[i, j + 1], index[i + 1, j]], 1)
        beyond = ((u + v > 1) & (i + j + 2 <= CELLS))[:, None]
        texel = torch.where(beyond, far, near)
        weight = torch.where(
            beyond, torch.stack([u + v - 1, 1 - u, 1 - v], 1), torch.stack([1 - u - v, u, v], 1)
        )
        colors = (self.colors[triangle[:, None], texel] * weight[..., None]).sum(1)
        return colors, self.known[triangle[:, None], texel].all(1)


def unwrapped(
    person: ShapedBody,
    surface: Surface,
    parts: Parts,
    clip: Footage,
    frames: dict[int, FramePose],
) -> FaceTexture:
    """The mean over the frames in which the face looks at the camera; a triangle is seen in a
    frame if a pixel shows it. frames: by their number in the clip, on the CPU."""
    body = person.model
    corners, vertices = _triangles(body, surface, parts)
    ids, local = torch.unique(vertices, return_inverse=True)
    head = ShapedBody(body.submesh(ids), person.vertices[ids], person.joints)
    eyes = [k for k, name in enumerate(body.joint_names) if name.startswith(EYES)]
    height, width = clip.images.shape[1:3]
    total, count = torch.zeros(len(corners), len(TEXELS), 3), torch.zeros(len(corners))
    for t, frame in frames.items():
        pose = frame.rotations[None], frame.transl[None], frame.expression[None]
        posed = head.skin(*pose)
        if not _faces_camera(posed.vertices[0].mean(0), posed.joints[0, eyes].mean(0)):
            continue
        mesh = posed.vertices[0].double().numpy(), local.numpy(), clip.K.double().numpy()
        shown = torch.from_numpy(shown_faces(*mesh, width, height)).unique()
        seen = shown[shown >= 0]
        texels = torch.einsum("tk,fkc->ftc", TEXELS, posed.vertices[0][local[seen]])
        total[seen] += _looked_up(clip.images[t], clip.K, texels)
        count[seen] += 1
    textured = parts.unwrapped[corners].all(1) & (count > 0)
    colors = total / count.clamp(min=1)[:, None, None]
    return FaceTexture(corners, colors, textured[:, None].expand(-1, len(TEXELS)))


def _triangles(body: BodyModel, surface: Surface, parts: Parts) -> tuple[Tensor, Tensor]:
    """The head's triangles (F,3) of points, and of the body's vertices."""
    faces = torch.from_numpy(closed_faces(body)[0])
    points = points_of(surface, len(body.v_template))[faces]
    head = (points >= 0).all(1) & parts.face[points].all(1)
    return points[head], faces[head]


def _faces_camera(middle: Tensor, eyes: Tensor) -> bool:
    """Seen from above: the line from a head's middle (3,) to its eyes (3,) against the ray to it,
    as in ExAvatar's fit."""
    across = [0, 2]
    front, ray = normalize((eyes - middle)[across], dim=0), normalize(middle[across], dim=0)
    return float(front @ ray) < FACING


def _looked_up(image: np.ndarray, K: Tensor, points: Tensor) -> Tensor:
    """(F,T,3) in [0,1]: an image (h,w,3) uint8 where it shows points (F,T,3) m."""
    at = points @ K.T
    at = at[..., :2] / at[..., 2:]
    place = at / torch.tensor([image.shape[1], image.shape[0]]) * 2 - 1
    picture = torch.from_numpy(image).float().permute(2, 0, 1)[None] / 255
    found = grid_sample(picture, place[None], padding_mode="border", align_corners=False)
    return found[0].permute(1, 2, 0)
