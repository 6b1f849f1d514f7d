"""What moves an avatar's Gaussians: a person's skeleton, and the body's weights at each point."""

from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from understudy.body.model import BodyModel, ShapedBody
from understudy.body.skinning import Posed
from understudy.gaussians.skinning import SkinningWeights, skin
from understudy.gaussians.surface import Surface


@dataclass(frozen=True)
class Rig:
    """One person's skeleton under G points of the body's surface.

    betas (S,), joint_offset (55,3) m; correctives: whether SMPL-X's pose correctives move the
    points, if the body has any. Anything derived from them is computed once.
    """

    body: BodyModel
    surface: Surface
    betas: Tensor
    joint_offset: Tensor
    correctives: bool = True

    @cached_property
    def skeleton(self) -> ShapedBody:
        """The person's joints without vertices: skinning it gives only the joints' transforms."""
        nothing = torch.zeros(0, dtype=torch.int64, device=self.betas.device)
        return self.body.submesh(nothing).shaped(self.betas, self.joint_offset)

    @cached_property
    def weights(self) -> Tensor:
        """(G,55) skinning weights."""
        return self.surface.interpolate(self.body.weights)

    @cached_property
    def listed(self) -> SkinningWeights:
        """The weights in the form that skinning uses."""
        return SkinningWeights.of(self.weights)

    @cached_property
    def expressive(self) -> tuple[Tensor, Tensor]:
        """The k points that expressions move: indices (k,), directions (3k,E) m, point by point."""
        moved = self.surface.interpolate(self.body.exprdirs.abs().amax((1, 2))) > 1e-6
        points = moved.nonzero()[:, 0]
        corners, weights = self.surface.vertex_ids[points], self.surface.weights[points]
        directions = self.body.exprdirs[corners] * weights[..., None, None]
        return points, directions.sum(1).flatten(0, 1)

    def of_person(self, betas: Tensor, joint_offset: Tensor) -> "Rig":
        """The same points under another skeleton; what does not depend on it is kept."""
        rig = replace(self, betas=betas, joint_offset=joint_offset)
        kept = ("weights", "listed", "expressive")
        vars(rig).update({name: getattr(self, name) for name in kept})
        return rig

    @cached_property
    def height(self) -> float:
        """Height of the body at rest, m, without hair and clothes."""
        return body_height(self.body, self.betas)

    def move(
        self, means: Tensor, normals: Tensor, posed: Posed, rotations: Tensor, expression: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Pose points (G,3) and unit normals (G,3) at rest in n frames -> (n,G,3), (n,G,3).

        posed: the skeleton with rotations (n,55,3,3) relative to the parent joint and expression
        (n,E). No gradient flows through the posed normals.
        """
        frames = len(rotations)
        transforms = posed.transforms[:, :, :3]
        points, directions = self.expressive
        change = (expression @ directions[:, : expression.shape[1]].T).unflatten(1, (-1, 3))
        means = means.expand(frames, -1, 3).index_add(1, points, change)
        if self.correctives and self.body.posedirs is not None:
            means = means + self.corrective(rotations)
        return skin(self.listed, transforms, means, normals)

    def corrective(self, rotations: Tensor) -> Tensor:
        """(n,G,3) m: what SMPL-X's pose correctives move the points by at rest, in the poses
        (n,55,3,3) of a body that has them."""
        assert self.body.posedirs is not None
        features = (rotations[:, 1:] - torch.eye(3).to(rotations)).flatten(1)
        at_vertices = torch.einsum("vcf,nf->vnc", self.body.posedirs, features)
        return self.surface.interpolate(at_vertices).transpose(0, 1)


def body_height(body: BodyModel, betas: Tensor) -> float:
    """Height (m) of a shaped body at rest."""
    vertical = body.shaped(betas).vertices[:, 1]
    return float(vertical.max() - vertical.min())
