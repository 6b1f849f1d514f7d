"""An avatar: one person's Gaussians at rest, posed by the body model and shaded by their normals."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor
from torch.nn.functional import normalize

from understudy.avatar.surface import Surface
from understudy.body.model import BodyModel
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.skinning import ShapedBody
from understudy.splatting import rasterize

SHADING_TERMS = 8


def harmonics(normals: Tensor) -> Tensor:
    """(…,3) unit normals -> (…,8) real spherical harmonics of degree 1 and 2, unnormalised."""
    x, y, z = normals.unbind(-1)
    return torch.stack([x, y, z, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y], -1)


@dataclass(frozen=True)
class Cloud:
    """The Gaussians of n frames: means and colors (n,G,3); scales (G,), isotropic; opacity."""

    means: Tensor
    colors: Tensor
    scales: Tensor
    opacity: float

    def render(
        self,
        viewmats: Tensor,
        Ks: Tensor,
        width: int,
        height: int,
        backgrounds: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """viewmats (n,4,4), Ks (n,3,3) -> rgb (n,h,w,3), premultiplied, and alpha (n,h,w,1)."""
        points = len(self.scales)
        quats = self.means.new_tensor([1.0, 0, 0, 0]).expand(points, 4)
        opacities = self.means.new_full((points,), self.opacity)
        scales = self.scales[:, None].expand(points, 3)
        rgb, alpha, _ = rasterize(
            self.means,
            quats,
            scales,
            opacities,
            self.colors,
            viewmats,
            Ks,
            width,
            height,
            backgrounds,
        )
        return rgb, alpha


@dataclass(frozen=True)
class Avatar:
    """One person. All Gaussians are isotropic and of one opacity.

    body, surface: what they sit on; betas (S,), joint_offset (55,3) m: the person's skeleton;
    means (G,3) m and normals (G,3): at rest, in the body's space, the offset from skin included;
    scales (G,) m, standard deviations; colors (G,3) in [0,1]; shading (8,3): how the colour
    changes with the posed normal in the space of the video's camera, where the light stood still.
    """

    body: BodyModel
    surface: Surface
    betas: Tensor
    joint_offset: Tensor
    means: Tensor
    normals: Tensor
    scales: Tensor
    colors: Tensor
    shading: Tensor
    opacity: float

    def __len__(self) -> int:
        return len(self.means)

    @cached_property
    def skeleton(self) -> ShapedBody:
        """The person's joints, without a vertex: gives the joints' transforms alone."""
        nothing = torch.zeros(0, dtype=torch.int64)
        return self.body.submesh(nothing).shaped(self.betas, self.joint_offset)

    @cached_property
    def skin_weights(self) -> Tensor:
        """(G,55)"""
        return self.surface.interpolate(self.body.weights)

    @cached_property
    def face(self) -> tuple[Tensor, Tensor]:
        """The k Gaussians that expressions move: indices (k,), directions (k,3,E) m."""
        directions = self.surface.interpolate(self.body.exprdirs)
        moved = (directions.abs().amax((1, 2)) > 1e-6).nonzero()[:, 0]
        return moved, directions[moved]

    def pose(self, pose: Pose) -> Cloud:
        """The Gaussians in n frames."""
        return self.pose_rotations(axis_angle_to_matrix(pose.full()), pose.transl, pose.expression)

    def pose_rotations(self, rotations: Tensor, transl: Tensor, expression: Tensor) -> Cloud:
        """rotations (n,55,3,3) against the parent joint, transl (n,3) m, expression (n,E)."""
        frames = len(rotations)
        transforms = self.skeleton.skin(rotations, transl, expression).transforms[:, :, :3]
        blended = (self.skin_weights @ transforms.flatten(2)).unflatten(2, (3, 4))
        turn, shift = blended[..., :3], blended[..., 3]
        means = self.means.expand(frames, -1, 3)
        moved, directions = self.face
        change = torch.einsum("kce,ne->nkc", directions[..., : expression.shape[1]], expression)
        means = means.index_add(1, moved, change)
        if self.body.posedirs is not None:
            means = means + self._correctives(rotations)
        means = (turn @ means[..., None])[..., 0] + shift
        normals = normalize((turn.detach() @ self.normals[..., None])[..., 0], dim=-1)
        colors = self.colors * (1 + harmonics(normals) @ self.shading)
        return Cloud(means, colors, self.scales, self.opacity)

    def _correctives(self, rotations: Tensor) -> Tensor:
        """SMPL-X's pose correctives (n,G,3) at the Gaussians."""
        features = (rotations[:, 1:] - torch.eye(3, device=rotations.device)).flatten(1)
        at_vertices = torch.einsum("vcf,nf->vnc", self.body.posedirs, features)
        return self.surface.interpolate(at_vertices).transpose(0, 1)


def stature(avatar: Avatar) -> float:
    """Height (m) of the person's body at rest, without hair and clothes."""
    return body_height(avatar.body, avatar.betas)


def body_height(body: BodyModel, betas: Tensor) -> float:
    """Height (m) of a shaped body at rest."""
    vertical = body.shaped(betas).vertices[:, 1]
    return float(vertical.max() - vertical.min())
