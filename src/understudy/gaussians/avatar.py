"""An avatar: one person's Gaussians at rest, posed by a rig and shaded by their posed normals."""

from dataclasses import dataclass

import torch
from torch import Tensor

from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.skinning import Posed
from understudy.gaussians.rig import Rig
from understudy.splatting import rasterize

SHADING_TERMS = 8


def harmonics(normals: Tensor) -> Tensor:
    """(…,3) unit normals -> (8,…) real spherical harmonics of degree 1 and 2, unnormalised."""
    x, y, z = normals.unbind(-1)
    return torch.stack([x, y, z, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y])


@dataclass(frozen=True)
class Cloud:
    """The Gaussians of n frames: means and colors (n,G,3); scales (G,), isotropic; one opacity."""

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
    ) -> tuple[Tensor, Tensor, Tensor]:
        """viewmats (n,4,4), Ks (n,3,3) px -> rgb (n,h,w,3), premultiplied, alpha (n,h,w,1) and how
        far away what is seen is, along the camera's axis: depth (n,h,w,1) m, 0 where nothing is."""
        points = len(self.scales)
        return rasterize(
            self.means,
            self.means.new_tensor([1.0, 0, 0, 0]).expand(points, 4),
            self.scales[:, None].expand(points, 3),
            self.means.new_full((points,), self.opacity),
            self.colors,
            viewmats,
            Ks,
            width,
            height,
            backgrounds,
        )


@dataclass(frozen=True)
class Avatar:
    """One person: G isotropic Gaussians of one opacity.

    means (G,3) m and normals (G,3): at rest, in the body's space, with hair and clothes;
    scales (G,) m, standard deviations; colors (G,3) in [0,1]; shading (8,3): how the colour
    changes with the posed normal in the space of the video's camera, where the light was fixed.
    """

    rig: Rig
    means: Tensor
    normals: Tensor
    scales: Tensor
    colors: Tensor
    shading: Tensor
    opacity: float

    def __len__(self) -> int:
        return len(self.means)

    def pose(self, pose: Pose) -> Cloud:
        """The Gaussians in n frames."""
        return self.pose_rotations(axis_angle_to_matrix(pose.full()), pose.transl, pose.expression)

    def pose_rotations(self, rotations: Tensor, transl: Tensor, expression: Tensor) -> Cloud:
        """rotations (n,55,3,3) relative to the parent joint, transl (n,3) m, expression (n,E)."""
        posed = self.rig.skeleton.skin(rotations, transl, expression)
        return self.moved(posed, rotations, expression)

    def moved(self, posed: Posed, rotations: Tensor, expression: Tensor) -> Cloud:
        """The Gaussians on a skeleton that is already posed, by these rotations and expression."""
        means, normals = self.rig.move(self.means, self.normals, posed, rotations, expression)
        shade = self.shading.T @ harmonics(normals).flatten(1)
        colors = self.colors * (1 + shade.T.unflatten(0, normals.shape[:-1]))
        return Cloud(means, colors, self.scales, self.opacity)
