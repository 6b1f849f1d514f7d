"""What training changes: an avatar's free parameters."""

import math

import torch
from torch import Tensor, nn

from understudy.avatar.model import SHADING_TERMS, Avatar
from understudy.avatar.rig import Rig
from understudy.avatar.settings import TrainSettings
from understudy.avatar.sparse import SmoothSolve, SparseProduct
from understudy.avatar.surface import (
    EYES,
    build_surface,
    graph_laplacian,
    mean_difference,
    mean_edge,
    skin_faces,
    vertex_normals,
)
from understudy.body.model import BodyModel

HANDS = tuple(
    f"{side}_{part}"
    for side in ("left", "right")
    for part in ("wrist", "index", "middle", "pinky", "ring", "thumb")
)


class Trainee(nn.Module):
    """The parameters of an avatar in training, and the fixed operators they need.

    u (V,3): the body's vertices' offset from skin (m) before smoothing; log_scale (G,);
    logits (G,3) of the colours; shading (8,3).
    """

    def __init__(
        self, body: BodyModel, betas: Tensor, joint_offset: Tensor, settings: TrainSettings
    ) -> None:
        super().__init__()
        self.vertices = body.shaped(betas).vertices
        surface = build_surface(body, self.vertices, settings.max_edge)
        self.rig = Rig(body, surface, betas, joint_offset)
        self.opacity = settings.opacity
        self.max_log_scale = math.log(settings.max_scale)
        skin, faces, n = skin_faces(body), surface.faces.numpy(), len(self.vertices)
        self.faces = torch.from_numpy(skin)
        self.smooth = SmoothSolve(graph_laplacian(skin, n), settings.smoothing)
        self.to_points = SparseProduct(surface.matrix(n))
        self.vertex_difference = SparseProduct(mean_difference(skin, n))
        self.point_difference = SparseProduct(mean_difference(faces, len(surface)))
        edges = mean_edge(surface.interpolate(self.vertices).numpy(), faces)
        self.first_log_scale = torch.from_numpy(edges * settings.scale_per_edge).float().log()
        self.hands, self.eyes = region(body, HANDS), region(body, EYES)
        self.point_hands = surface.interpolate(self.hands)
        self.u = nn.Parameter(torch.zeros(n, 3))
        self.log_scale = nn.Parameter(self.first_log_scale.clone())
        self.logits = nn.Parameter(torch.zeros(len(surface), 3))
        self.shading = nn.Parameter(torch.zeros(SHADING_TERMS, 3))

    def offset(self) -> Tensor:
        """(V,3) m."""
        return self.smooth(self.u)

    def avatar(self, offset: Tensor) -> Avatar:
        """The avatar with its present parameters and their `offset()`; differentiable in both."""
        vertices = self.vertices + offset
        with torch.no_grad():
            normals = self.to_points(vertex_normals(vertices, self.faces))
        return Avatar(
            rig=self.rig,
            means=self.to_points(vertices),
            normals=normals,
            scales=self.log_scale.clamp(max=self.max_log_scale).exp(),
            colors=torch.sigmoid(self.logits),
            shading=self.shading,
            opacity=self.opacity,
        )


def region(body: BodyModel, joints: tuple[str, ...]) -> Tensor:
    """(V,1) the share of each vertex that moves with the joints whose names so begin."""
    columns = [k for k, name in enumerate(body.joint_names) if name.startswith(joints)]
    return body.weights[:, columns].sum(1, keepdim=True)
