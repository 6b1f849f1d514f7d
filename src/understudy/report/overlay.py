"""Images of a fit: the fitted body drawn over frames of its clip."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from understudy.artifacts.fit import Fit
from understudy.artifacts.fit_quality import SEEN_PARTS
from understudy.body.model import BodyModel
from understudy.splatting.rasterize import rasterize

_LEFT, _RIGHT = (0.95, 0.60, 0.30), (0.35, 0.65, 0.95)  # a flip of sides shows as swapped colours
_MIDDLE = (0.75, 0.80, 0.70)
_UNSEEN = (0.85, 0.30, 0.75)  # a part of the body that the image does not show
_LEGS = ("hip", "knee", "ankle", "foot")
_HEAD = ("neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf")
_BRIDGED_OPACITY = 0.45  # and without colour: where nobody was seen, the pose is a guess


def overlay_frames(
    frames: np.ndarray,
    fit: Fit,
    part_seen: np.ndarray,
    body: BodyModel,
    indices: Sequence[int],
    opacity: float = 0.75,
) -> np.ndarray:
    """The body over `frames` (k,h,w,3) uint8, which show the fit's frames `indices` (k,).

    part_seen (n,6): which of SEEN_PARTS each of the fit's frames shows. The person's left is
    orange, their right blue, parts not seen are pink; where nobody was seen and the pose is
    bridged, all is grey and faint. Returns (k,h,w,3) uint8.
    """
    height, width = frames.shape[1:3]
    paint = _paint(body, torch.from_numpy(part_seen[list(indices)]))
    drawn, alpha = _draw(fit, body, indices, paint, width, height)
    bridged = (fit.confidence[list(indices)] == 0)[:, None, None, None]
    drawn = np.where(bridged, drawn.mean(-1, keepdims=True), drawn)
    strength = np.where(bridged, _BRIDGED_OPACITY, opacity)
    mixed = frames / 255 * (1 - strength * alpha) + strength * drawn
    return (mixed.clip(0, 1) * 255).round().astype(np.uint8)


def _posed(fit: Fit, body: BodyModel, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Vertices and normals (k,V,3) in camera space."""
    with torch.no_grad():
        shaped = fit.own(body).shaped(fit.betas, fit.joint_offset)
        vertices = shaped.pose(fit.pose[list(indices)]).vertices
    corners = vertices[:, body.faces]
    across = torch.linalg.cross(
        corners[:, :, 1] - corners[:, :, 0], corners[:, :, 2] - corners[:, :, 0]
    )
    normals = torch.zeros_like(vertices)
    for corner in range(3):
        normals.index_add_(1, body.faces[:, corner], across)
    return vertices, torch.nn.functional.normalize(normals, dim=-1)


def _paint(body: BodyModel, part_seen: Tensor) -> Tensor:
    """(k,V,3): the colour of each vertex in k frames, of which part_seen (k,6)."""
    sides = [name.partition("_")[0] for name in body.joint_names]
    parts = torch.tensor([SEEN_PARTS.index(_part(name)) for name in body.joint_names])

    def share(chosen: Tensor) -> Tensor:
        return body.weights[:, chosen].sum(1)

    paint = torch.tensor(_MIDDLE).repeat(len(body.weights), 1)
    for side, colour in (("left", _LEFT), ("right", _RIGHT)):
        paint[share(torch.tensor([name == side for name in sides])) > 0.5] = torch.tensor(colour)
    part = torch.stack([share(parts == i) for i in range(len(SEEN_PARTS))], 1).argmax(1)
    return torch.where(part_seen[:, part, None], paint, torch.tensor(_UNSEEN))


def _part(joint: str) -> str:
    """The one of SEEN_PARTS that a joint moves."""
    side, _, name = joint.partition("_")
    if joint in _HEAD:
        return "head"
    if side not in ("left", "right") or name == "collar":
        return "trunk"
    return f"{side}_leg" if name in _LEGS else f"{side}_arm"


def _draw(
    fit: Fit, body: BodyModel, indices: Sequence[int], paint: Tensor, width: int, height: int
) -> tuple[np.ndarray, np.ndarray]:
    """Premultiplied colour (k,h,w,3) and alpha (k,h,w,1): a small disc-like Gaussian per vertex.

    paint (k,V,3).
    """
    vertices, normals = _posed(fit, body, indices)
    light = (-normals[..., 2:]).clamp(0, 1)  # from the camera
    colours = paint * (0.3 + 0.7 * light)
    scale = _spacing(body, vertices[0])[:, None].expand(-1, 3) * 0.6
    count = len(vertices)
    quats = torch.tensor([1.0, 0.0, 0.0, 0.0]).expand(len(scale), 4)
    rgb, alpha, _ = rasterize(
        vertices,
        quats,
        scale,
        torch.full((len(scale),), 0.95),
        colours,
        torch.eye(4).expand(count, 4, 4),
        fit.K.expand(count, 3, 3),
        width,
        height,
    )
    return rgb.numpy(), alpha.numpy()


def _spacing(body: BodyModel, vertices: Tensor) -> Tensor:
    """(V,) m: the mean length of the edges at each vertex."""
    total, count = torch.zeros(len(vertices)), torch.zeros(len(vertices))
    for a, b in ((0, 1), (1, 2), (2, 0)):
        start, stop = body.faces[:, a], body.faces[:, b]
        length = (vertices[start] - vertices[stop]).norm(dim=-1)
        for end in (start, stop):
            total.index_add_(0, end, length)
            count.index_add_(0, end, torch.ones(len(length)))
    return total / count.clamp(min=1)
