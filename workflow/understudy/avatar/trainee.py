"""What training changes: an avatar's free parameters, and each frame's pose correction."""

import numpy as np
import torch
from torch import Tensor, nn

from understudy.avatar.model import SHADING_TERMS, Avatar
from understudy.avatar.settings import TrainSettings
from understudy.avatar.sparse import SmoothSolve, SparseProduct
from understudy.avatar.surface import (
    EYES,
    Surface,
    build_surface,
    graph_laplacian,
    mean_difference,
    mean_edge,
    skin_faces,
    vertex_normals,
)
from understudy.body.model import BodyModel
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix

BODY_JOINTS = 22  # the joints before the jaw
HAND_JOINTS = ("wrist", "index", "middle", "pinky", "ring", "thumb")
NOT_REFINED = ("left_foot", "right_foot")  # toes move too few pixels to be told from noise


class Trainee(nn.Module):
    """The parameters of an avatar in training.

    u (V,3): the offset from skin of the body's vertices before smoothing; log_scale (G,);
    logits (G,3) of the colours; shading (8,3).
    """

    def __init__(
        self, body: BodyModel, betas: Tensor, joint_offset: Tensor, settings: TrainSettings
    ) -> None:
        super().__init__()
        self.body, self.betas, self.joint_offset = body, betas, joint_offset
        self.opacity, self.max_scale = settings.opacity, settings.max_scale
        self.vertices = body.shaped(betas).vertices
        self.surface = build_surface(body, self.vertices, settings.max_edge)
        self.faces = torch.from_numpy(skin_faces(body))
        n, points = len(self.vertices), len(self.surface)
        self.smooth = SmoothSolve(graph_laplacian(self.faces.numpy(), n), settings.smoothing)
        self.to_points = SparseProduct(self.surface.matrix(n))
        self.vertex_laplacian = SparseProduct(mean_difference(self.faces.numpy(), n))
        self.point_laplacian = SparseProduct(mean_difference(self.surface.faces.numpy(), points))
        start = self.surface.interpolate(self.vertices).numpy()
        edge = mean_edge(start, self.surface.faces.numpy()) * settings.scale_per_edge
        self.first_log_scale = torch.from_numpy(np.log(edge)).float()
        self.u = nn.Parameter(torch.zeros(n, 3))
        self.log_scale = nn.Parameter(self.first_log_scale.clone())
        self.logits = nn.Parameter(torch.zeros(points, 3))
        self.shading = nn.Parameter(torch.zeros(SHADING_TERMS, 3))
        self.hands = region(body, HAND_JOINTS)
        self.eyes = region(body, EYES)
        self.constant = _constant_parts(self)

    def offset(self) -> Tensor:
        """(V,3) m."""
        return self.smooth(self.u)

    def scales(self) -> Tensor:
        return self.log_scale.clamp(max=float(np.log(self.max_scale))).exp()

    def avatar(self, offset: Tensor) -> Avatar:
        """The avatar of the present parameters and their `offset()`, differentiable in both."""
        vertices = self.vertices + offset
        normals = self.to_points(vertex_normals(vertices.detach(), self.faces))
        avatar = Avatar(
            body=self.body,
            surface=self.surface,
            betas=self.betas,
            joint_offset=self.joint_offset,
            means=self.to_points(vertices),
            normals=normals,
            scales=self.scales(),
            colors=torch.sigmoid(self.logits),
            shading=self.shading,
            opacity=self.opacity,
        )
        avatar.__dict__.update(self.constant)
        return avatar


def _constant_parts(trainee: Trainee) -> dict:
    """The derived parts of an avatar that training does not change, so that each step shares them."""
    with torch.no_grad():
        avatar = Trainee.avatar(_Bare(trainee), torch.zeros_like(trainee.u))
    return {name: getattr(avatar, name) for name in ("skeleton", "skin_weights", "face")}
