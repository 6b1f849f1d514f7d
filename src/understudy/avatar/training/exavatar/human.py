"""ExAvatar's person: networks that give every point of the body's surface its Gaussian."""

from dataclasses import dataclass, replace

import torch
from scipy.spatial import cKDTree
from torch import Tensor, nn

from understudy.avatar.training.exavatar.mesh import JAW, big_pose, subdivided
from understudy.avatar.training.exavatar.networks import Perceptron, Planes
from understudy.avatar.training.exavatar.settings import ExAvatarSettings
from understudy.avatar.training.subject import Subject
from understudy.body.model import BodyModel
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.skeleton import BODY_JOINTS
from understudy.gaussians.avatar import SHADING_TERMS, Avatar, Cloud
from understudy.gaussians.device import on_device
from understudy.gaussians.rig import Rig
from understudy.gaussians.surface import Surface, vertex_normals

BODY_CUBE, FACE_CUBE = 2.0, 0.3  # m, sides of the cubes that feature planes span
POSE = 6 * (BODY_JOINTS - 1)  # numbers that describe a pose: two rows of each joint's rotation


@dataclass(frozen=True)
class Looks:
    """The networks' outputs for G points: offset (G,3) m, in the big pose; log_scale (G,1), of m;
    logits (G,3), whose tanh is the colour from −1 to 1."""

    offset: Tensor
    log_scale: Tensor
    logits: Tensor

    @property
    def colors(self) -> Tensor:
        """(G,3) in [0,1]."""
        return (torch.tanh(self.logits) + 1) / 2


class Human(nn.Module):
    """One person: feature planes, networks, shape and joint offsets.

    Features depend only on a point's fixed position. `looks` are the same in every pose; `refined`
    adds what the pose changes: offsets, and SMPL-X's pose correctives in their place on hands and
    on the face that expressions move. The plain Gaussians have the big pose's correctives, always.
    """

    def __init__(self, subject: Subject, settings: ExAvatarSettings) -> None:
        super().__init__()
        body, betas, joint_offset = subject.body, subject.fit.betas, subject.fit.joint_offset
        surface, parts = subdivided(body, settings.subdivisions, subject.flame)
        self.rig = Rig(body, surface, betas, joint_offset, correctives=False)
        self.parts = parts
        self.apart, place = self._in_big_pose(subject.model, surface)
        self.bent = torch.zeros(1, 3)
        if body.posedirs is not None:
            self.bent = self.rig.corrective(axis_angle_to_matrix(big_pose(body)))[0]
        channels, size = settings.plane_channels, settings.plane_size
        self.planes = Planes(place, BODY_CUBE, channels, size)
        self.face_planes = Planes(place[parts.face], FACE_CUBE, channels, size)
        own, hidden = 3 * channels, settings.hidden
        self.geometry = Perceptron(own, 0, hidden, (3, 1))
        self.color = Perceptron(own, 0, hidden, (3,))
        self.geometry_change = Perceptron(own, POSE, hidden, (3, 1))
        self.color_change = Perceptron(own + 3, POSE, hidden, (3,))
        self.betas = nn.Parameter(betas.clone())
        self.joint_offset = nn.Parameter(joint_offset.clone())

    @staticmethod
    def _in_big_pose(body: BodyModel, surface: Surface) -> tuple[Tensor, Tensor]:
        """(G,3,3), which rotates an offset in the big pose into one at rest; and where features are
        sampled, (G,3) m: the points of the mean body in that pose, the mouth open."""
        mean = body.shaped(torch.zeros(1))
        posed = mean.skin(axis_angle_to_matrix(big_pose(body, JAW)), torch.zeros(1, 3))
        closed = mean.skin(axis_angle_to_matrix(big_pose(body)), torch.zeros(1, 3))
        weights = surface.interpolate(body.weights)
        turned = torch.einsum("gj,jab->gab", weights, closed.transforms[0, :, :3, :3])
        return torch.linalg.inv(turned), surface.interpolate(posed.vertices[0])

    def to_device(self, device: torch.device) -> "Human":
        """Move the parameters and everything fixed."""
        self.rig, self.parts = on_device(self.rig, device), on_device(self.parts, device)
        self.apart, self.bent = self.apart.to(device), self.bent.to(device)
        return self.to(device)

    @property
    def surface(self) -> Surface:
        """The points' positions on the body mesh."""
        return self.rig.surface

    def vertices(self) -> Tensor:
        """(G,3) m: the person's own body at rest, without offsets, with the big pose's correctives;
        differentiable in the shape."""
        return self.surface.interpolate(self.rig.body.shaped(self.betas).vertices) + self.bent

    @property
    def joints_moved(self) -> Tensor:
        """(55,3) m: the joint offset as it counts: the pelvis stays."""
        return torch.cat([torch.zeros_like(self.joint_offset[:1]), self.joint_offset[1:]])

    def features(self) -> Tensor:
        """(G,96), by a point's position; the face has planes of its own."""
        return self.planes().index_put((self.parts.face,), self.face_planes())

    def looks(self, features: Tensor) -> Looks:
        """The looks that are the same in every pose."""
        offset, log_scale = self.geometry(features)
        return Looks(offset, log_scale, *self.color(features))

    def avatar(self, looks: Looks, nearest: Rig) -> Avatar:
        """The Gaussians at rest; differentiable in looks, shape and joints.

        nearest: a `nearest_rig()`, recomputed at intervals.
        """
        means = self.vertices() + self._at_rest(looks.offset)
        rig = nearest.of_person(self.betas, self.joints_moved)
        with torch.no_grad():
            normals = vertex_normals(means, self.surface.faces)
        return Avatar(
            rig=rig,
            means=means,
            normals=normals,
            scales=looks.log_scale[:, 0].exp(),
            colors=looks.colors,
            shading=means.new_zeros(SHADING_TERMS, 3),
            opacity=1.0,
        )

    def refined(
        self,
        avatar: Avatar,
        looks: Looks,
        features: Tensor,
        pose: tuple[Tensor, Tensor, Tensor],
    ) -> tuple[Cloud, Looks]:
        """The Gaussians in one frame as its pose changes them, and the change in the looks.

        pose: rotations (1,55,3,3), transl (1,3), expression (1,E).
        """
        told = pose[0][0, 1:BODY_JOINTS, :2].detach().flatten()  # first two rows, without the root
        offset, log_scale = self.geometry_change(features, told)
        kept = self.parts.hands | self.parts.expression
        offset = torch.where(kept[:, None], 0.0, offset)
        means = avatar.means + self._at_rest(offset)
        if self.rig.body.posedirs is not None:  # neither hands nor face turn in the big pose
            means = means + self.rig.corrective(pose[0].detach())[0] * kept[:, None]
        changed = replace(avatar, means=means)
        cloud = changed.pose_rotations(*pose)
        with torch.no_grad():
            normals = vertex_normals(cloud.means[0], self.surface.faces)
            normals = torch.where(self.parts.cavity[:, None], -normals, normals)
        (logits,) = self.color_change(torch.cat([features, normals], 1), told)
        change = Looks(offset, log_scale, logits)
        seen = Looks(offset, looks.log_scale + log_scale, looks.logits + logits)
        scales = seen.log_scale[:, 0].exp()
        return Cloud(cloud.means, seen.colors[None], scales, avatar.opacity), change

    def _at_rest(self, offset: Tensor) -> Tensor:
        return (self.apart * offset[:, None]).sum(-1)

    @torch.no_grad()
    def nearest_rig(self) -> Rig:
        """Each point with the weights of the nearest vertex in the big pose; face and hands keep
        theirs."""
        surface, body = self.surface, self.rig.body
        offset = self.looks(self.features()).offset
        rotations = axis_angle_to_matrix(big_pose(body)).to(offset)
        shaped = body.shaped(self.betas, self.joints_moved)
        posed = shaped.skin(rotations, offset.new_zeros(1, 3)).vertices[0]
        points = (surface.interpolate(posed) + offset).cpu().numpy()
        own = surface.vertex_ids[surface.weights.amax(1) == 1].amax(1).unique()
        _, found = cKDTree(posed[own].cpu().numpy()).query(points)
        ids = own[torch.from_numpy(found).to(own.device)][:, None].expand(-1, 3)
        return self.rig_at(torch.where(self._keep_own, surface.vertex_ids, ids))

    def rig_at(self, vertex_ids: Tensor) -> Rig:
        """The rig whose points have the weights of these vertices (G,3), the same one three times;
        face and hands keep theirs."""
        surface = self.surface
        whole = surface.weights.new_tensor([1.0, 0.0, 0.0])
        weights = torch.where(self._keep_own, surface.weights, whole)
        return replace(self.rig, surface=replace(surface, vertex_ids=vertex_ids, weights=weights))

    @property
    def _keep_own(self) -> Tensor:
        return (self.parts.hands | self.parts.face)[:, None]
