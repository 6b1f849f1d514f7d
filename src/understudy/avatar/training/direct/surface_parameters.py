"""What training changes: an avatar's free parameters."""

import math

import torch
from torch import Tensor, nn

from understudy.avatar.training.direct.settings import DirectSettings, LossWeights
from understudy.avatar.training.joints import JointSystem
from understudy.avatar.training.sparse import SmoothSolve, SparseProduct
from understudy.body.model import BodyModel
from understudy.body.skeleton import BODY_JOINTS
from understudy.gaussians.avatar import SHADING_TERMS, Avatar
from understudy.gaussians.device import on_device
from understudy.gaussians.mesh import (
    EYES,
    HANDS,
    build_surface,
    first_log_scale,
    graph_laplacian,
    interpolation,
    mean_difference,
    region,
    skin_faces,
)
from understudy.gaussians.rig import Rig
from understudy.gaussians.surface import vertex_normals


class SurfaceParameters(nn.Module):
    """The parameters of an avatar in training, and the fixed operators they need.

    u (V,3): the body's vertices' offset from skin (m) before smoothing; log_scale (G,);
    logits (G,3) of the colours; shading (8,3).
    """

    def __init__(
        self,
        body: BodyModel,
        betas: Tensor,
        joint_offset: Tensor,
        settings: DirectSettings,
        device: torch.device | str = "cpu",
    ) -> None:
        super().__init__()
        vertices = body.shaped(betas).vertices
        surface = build_surface(body, vertices, settings.max_edge)
        self.opacity = settings.opacity
        self.max_log_scale = math.log(settings.max_scale)
        skin, faces, n = skin_faces(body), surface.faces.numpy(), len(vertices)
        self.smooth = SmoothSolve(graph_laplacian(skin, n), settings.smoothing, device)
        self.to_points = SparseProduct(interpolation(surface, n), device)
        self.vertex_difference = SparseProduct(mean_difference(skin, n), device)
        self.point_difference = SparseProduct(mean_difference(faces, len(surface)), device)
        points = surface.interpolate(vertices).numpy()
        self.first_log_scale = first_log_scale(points, faces).to(device)
        hands = region(body, HANDS)
        self.hands, self.eyes = hands.to(device), region(body, EYES).to(device)
        self.point_hands = surface.interpolate(hands).to(device)
        self.vertices, self.faces = vertices.to(device), torch.from_numpy(skin).to(device)
        self.rig = on_device(Rig(body, surface, betas, joint_offset), device)
        self.first_joints = self.rig.joint_offset
        self.u = nn.Parameter(torch.zeros(n, 3, device=device))
        self.log_scale = nn.Parameter(self.first_log_scale.clone())
        self.logits = nn.Parameter(torch.zeros(len(surface), 3, device=device))
        self.shading = nn.Parameter(torch.zeros(SHADING_TERMS, 3, device=device))

    def offset(self) -> Tensor:
        """(V,3) m."""
        return self.smooth(self.u)

    def move_joints(self, system: JointSystem, trust: float) -> Tensor:
        """Move the body's joints to where aligned frames say they are; (22,3) m: the change."""
        place = self.rig.joint_offset.clone()
        moved = (place - self.first_joints)[:BODY_JOINTS]
        change = system.solved(moved, trust)
        place[:BODY_JOINTS] += change
        self.set_joints(place)
        return change

    def set_joints(self, joint_offset: Tensor) -> None:
        """joint_offset (55,3) m."""
        self.rig = self.rig.of_person(self.rig.betas, joint_offset)

    def avatar(self, offset: Tensor) -> Avatar:
        """The avatar with its current parameters and their `offset()`; differentiable in both."""
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


def surface_loss(trainee: SurfaceParameters, offset: Tensor, weights: LossWeights) -> Tensor:
    """Keeps offsets, sizes and colours small and smooth."""
    shy = 1 + weights.offset_hands * trainee.hands + weights.offset_eyes * trainee.eyes
    hands = 1 + weights.color_laplacian_hands * trainee.point_hands
    looks = torch.cat([trainee.logits, trainee.log_scale[:, None]], 1)
    uneven = trainee.point_difference(looks).square()
    return (
        weights.offset * (offset.square() * shy).mean()
        + weights.offset_laplacian * trainee.vertex_difference(offset).square().mean()
        + weights.scale * (trainee.log_scale - trainee.first_log_scale).square().mean()
        + weights.scale_laplacian * uneven[:, 3].mean()
        + weights.color_laplacian * (uneven[:, :3] * hands).mean()
    )
