"""ExAvatar's regularisers: what keeps its Gaussians in the shape of a body."""

import math

import torch
from torch import Tensor
from torch.nn.functional import normalize

from understudy.avatar.training.exavatar.human import Human, Looks
from understudy.avatar.training.exavatar.mesh import Parts
from understudy.avatar.training.exavatar.settings import ExAvatarWeights, PartWeights
from understudy.avatar.training.sparse import SparseProduct
from understudy.body.skeleton import JOINT_NAMES
from understudy.gaussians.surface import mean_difference, vertex_normals

ARM = ("left_shoulder", "left_elbow", "right_shoulder", "right_elbow")
UPSIDE = math.cos(math.pi / 3)  # a normal's y above which a point lies on the arm's upper side
ACROSS = 0.01  # m along the arm within which points of the upper side count
ABOVE = 50  # at most this many of them
HAND_JOINTS = ("index", "middle", "pinky", "ring", "thumb")


def part_weights(weights: PartWeights, parts: Parts) -> Tensor:
    """(G,1)."""
    found = torch.full((len(parts.face), 1), weights.body, device=parts.face.device)
    for part in ("face", "hands", "expression", "cavity"):
        weight = getattr(weights, part)
        if weight is not None:
            found[getattr(parts, part)] = weight
    return found


class Regularisers:
    """The regularisers for one person; what is fixed is computed once."""

    def __init__(self, human: Human, weights: ExAvatarWeights, device: torch.device) -> None:
        self.human, self.weights = human, weights
        parts, surface, w = human.parts, human.surface, weights
        faces = surface.faces.cpu().numpy()
        self.difference = SparseProduct(mean_difference(faces, len(surface)), device)
        names = ("offset", "scale", "offset_laplacian", "scale_laplacian", "color_laplacian")
        self.of_part = {name: part_weights(getattr(w, name), parts) for name in names}
        self.first_offset = human.joint_offset.detach().clone()
        finger = [name.partition("_")[2].startswith(HAND_JOINTS) for name in JOINT_NAMES]
        hands = torch.tensor(finger, device=device)[:, None]
        self.of_joint = torch.where(hands, w.joint_offset_hands, w.joint_offset)
        left = [n for n in JOINT_NAMES if n.startswith("left_")]
        self.left = [JOINT_NAMES.index(name) for name in left]
        self.right = [JOINT_NAMES.index(name.replace("left", "right", 1)) for name in left]
        self.normals = vertex_normals(human.vertices().detach(), surface.faces)
        self.under, self.above = self._arms()

    def _arms(self) -> tuple[Tensor, Tensor]:
        """(u,), points of the arms' underside, and (u,k), those of the upper side above each."""
        points = self.human.vertices().detach()
        joint = self.human.rig.weights.argmax(1)
        arm = torch.isin(joint, joint.new_tensor([JOINT_NAMES.index(name) for name in ARM]))
        upper = (arm & (self.normals[:, 1] > UPSIDE)).nonzero()[:, 0]
        lower = (arm & (self.normals[:, 1] <= UPSIDE)).nonzero()[:, 0]
        across = (points[lower, None, 0] - points[None, upper, 0]).abs() < ACROSS
        distance = torch.cdist(points[lower], points[upper])
        distance = torch.where(across, distance, torch.inf)
        count = min(ABOVE, int(across.sum(1).min())) if len(lower) and len(upper) else 0
        return lower, upper[distance.topk(count, largest=False).indices]

    def __call__(self, looks: Looks, change: Looks, drawn_as: Tensor) -> Tensor:
        """looks: in every pose; change: by this frame's pose; drawn_as (G,3): colours with both."""
        w, parts = self.weights, self.human.parts
        scale, refined = looks.log_scale.exp(), (looks.log_scale + change.log_scale).exp()
        offsets = (looks.offset, change.offset)
        uneven = self.difference(
            torch.cat([looks.offset, looks.offset + change.offset, scale, refined], 1)
        ).square()
        colors = torch.cat([looks.colors, drawn_as], 1)
        loss = (sum(x.square() for x in offsets) * self.of_part["offset"]).mean()
        loss = loss + w.hand_outward * self._outward(offsets)
        loss = loss + ((scale.square() + change.log_scale.square()) * self.of_part["scale"]).mean()
        both = uneven[:, 0:3] + uneven[:, 3:6]
        loss = loss + (both * self.of_part["offset_laplacian"]).mean()
        both = uneven[:, 6:7] + uneven[:, 7:8]
        loss = loss + (both * self.of_part["scale_laplacian"]).mean()
        uneven = self.difference(colors).square()
        both = uneven[:, 0:3] + uneven[:, 3:6]
        loss = loss + (both * self.of_part["color_laplacian"]).mean()
        for hand in (parts.left_hand, parts.right_hand):
            own = colors[hand]
            off = (own - own.mean(0).detach()).square()
            loss = loss + w.hand_color * 2 * off.mean()  # of the base and of the refined colours
        if self.above.shape[1]:
            above = colors[self.above].mean(1).detach()
            off = (colors[self.under] - above).square()
            loss = loss + w.arm_color * 2 * off.mean()
        return loss + self._skeleton()

    def _outward(self, offsets: tuple[Tensor, Tensor]) -> Tensor:
        hands = self.human.parts.hands
        total = offsets[0].new_zeros(())
        for offset in offsets:
            cosine = (normalize(offset[hands], dim=1) * self.normals[hands]).sum(1)
            total = total + cosine.clamp(min=0).mean()
        return total

    def _skeleton(self) -> Tensor:
        offset = self.human.joint_offset
        left, right = offset[self.left], offset[self.right]
        mirrored = right * right.new_tensor([-1.0, 1.0, 1.0])
        moved = ((offset - self.first_offset).square() * self.of_joint).mean()
        uneven = (left - mirrored).abs().sum(1).mean()
        return moved + self.weights.joint_symmetry * uneven
