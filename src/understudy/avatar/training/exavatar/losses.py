"""ExAvatar's losses: of images, and what keeps its Gaussians in the shape of a body."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize, pad

from understudy.avatar.training.exavatar.face import FaceTexture
from understudy.avatar.training.exavatar.human import Human, Looks
from understudy.avatar.training.exavatar.mesh import Parts
from understudy.avatar.training.exavatar.settings import ExAvatarWeights, PartWeights
from understudy.avatar.training.sparse import SparseProduct
from understudy.body.skeleton import JOINT_NAMES
from understudy.gaussians.mesh import mean_difference
from understudy.gaussians.surface import vertex_normals
from understudy.image_metrics.perceptual import Lpips
from understudy.image_metrics.similarity import WINDOW, ssim

ARM = ("left_shoulder", "left_elbow", "right_shoulder", "right_elbow")
UPSIDE = math.cos(math.pi / 3)  # a normal's y above which a point lies on the arm's upper side
ACROSS = 0.01  # m along the arm within which points of the upper side count
ABOVE = 50  # at most this many of them
HAND_JOINTS = ("index", "middle", "pinky", "ring", "thumb")


def part_weights(weights: PartWeights, parts: Parts) -> Tensor:
    """(G,1)."""
    found = torch.full((len(parts.face), 1), weights.body, device=parts.face.device)
    for part in ("hands", "face", "expression", "cavity"):
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

    def terms(
        self, looks: Looks, change: Looks, drawn_as: Tensor, largest: float
    ) -> dict[str, Tensor]:
        """Each regulariser, weighted, by the name of its weight.

        looks: in every pose; change: by this frame's pose; drawn_as (G,3): colours with both;
        largest: m, the standard deviation above which Gaussians are not drawn larger.
        """
        w, parts = self.weights, self.human.parts
        scale, refined = looks.log_scale.exp(), (looks.log_scale + change.log_scale).exp()
        drawn = scale.clamp(max=largest), refined.clamp(max=largest)
        offsets = (looks.offset, change.offset)
        uneven = self.difference(
            torch.cat([looks.offset, looks.offset + change.offset, *drawn], 1)
        ).square()
        colors = torch.cat([looks.colors, drawn_as], 1)
        uneven_colors = self.difference(colors).square()
        of_part = self.of_part
        changed = scale.square() + change.log_scale.square()
        terms = {
            "offset": (sum(x.square() for x in offsets) * of_part["offset"]).mean(),
            "hand_outward": w.hand_outward * self._outward(offsets),
            "scale": (changed * of_part["scale"]).mean(),
            "offset_laplacian": _both(uneven[:, :6], of_part["offset_laplacian"]),
            "scale_laplacian": _both(uneven[:, 6:], of_part["scale_laplacian"]),
            "color_laplacian": _both(uneven_colors, of_part["color_laplacian"]),
            "hand_color": colors.new_zeros(()),
            "arm_color": colors.new_zeros(()),
        }
        for hand in (parts.left_hand, parts.right_hand):
            own = colors[hand]
            off = (own - own.mean(0).detach()).square()
            terms["hand_color"] = terms["hand_color"] + w.hand_color * 2 * off.mean()  # of both
        if self.above.shape[1]:
            above = colors[self.above].mean(1).detach()
            off = (colors[self.under] - above).square()
            terms["arm_color"] = w.arm_color * 2 * off.mean()
        return terms | self._skeleton()

    def _outward(self, offsets: tuple[Tensor, Tensor]) -> Tensor:
        hands = self.human.parts.hands
        total = offsets[0].new_zeros(())
        for offset in offsets:
            cosine = (normalize(offset[hands], dim=1) * self.normals[hands]).sum(1)
            total = total + cosine.clamp(min=0).mean()
        return total

    def _skeleton(self) -> dict[str, Tensor]:
        offset = self.human.joint_offset
        left, right = offset[self.left], offset[self.right]
        mirrored = right * right.new_tensor([-1.0, 1.0, 1.0])
        uneven = (left - mirrored).abs().sum(1).mean()
        moved = (offset - self.first_offset).square() * self.of_joint
        symmetry = self.weights.joint_symmetry * uneven
        return {"joint_offset": moved.mean(), "joint_symmetry": symmetry}


def _both(values: Tensor, weight: Tensor) -> Tensor:
    """The mean of values (G,2k) of the plain and then of the pose-dependent Gaussians, summed over
    both; weight (G,1)."""
    plain, changed = values.chunk(2, 1)
    return ((plain + changed) * weight).mean()


@dataclass(frozen=True)
class Drawn:
    """The person in a frame's box of h × w px: rgb (h,w,3), premultiplied, and alpha (h,w,1);
    points (G,3) m, the posed Gaussians."""

    rgb: Tensor
    alpha: Tensor
    points: Tensor


@dataclass(frozen=True)
class Shot:
    """What a frame's box shows and how it is drawn: image (h,w,3), mask (h,w,1), behind (h,w,3),
    the scene, color (3,), a random one; all in [0,1]. K (3,3) px, of the box."""

    image: Tensor
    mask: Tensor
    behind: Tensor
    color: Tensor
    K: Tensor


def image_terms(
    drawn: Drawn, shot: Shot, weights: ExAvatarWeights, face: FaceTexture, lpips: Lpips | None
) -> dict[str, Tensor]:
    """Each loss of an image, weighted, by the name of its weight."""
    over = drawn.rgb + (1 - drawn.alpha) * shot.behind
    pasted = face.pasted(drawn.points, shot.K, over)
    alone = drawn.rgb + (1 - drawn.alpha) * shot.color
    wanted = shot.image * shot.mask + (1 - shot.mask) * shot.color
    terms = {
        "l1": weights.l1 * (over - shot.image).abs().mean(),
        "ssim": weights.ssim * (1 - bordered_ssim(over, shot.image)),
        "face": weights.face * (pasted - shot.image).abs().mean(),
        "random_background": weights.random_background * (alone - wanted).abs().mean(),
    }
    return terms | ({"lpips": weights.lpips * lpips(over, shot.image)} if lpips else {})


def scene_terms(
    picture: Tensor, image: Tensor, mask: Tensor, weights: ExAvatarWeights
) -> dict[str, Tensor]:
    """The losses of the scene alone (h,w,3) outside the mask (h,w,1), weighted."""
    outside = 1 - mask
    alike = bordered_ssim(picture * outside, image * outside)
    return {
        "scene_l1": weights.scene_l1 * ((picture - image).abs() * outside).mean(),
        "scene_ssim": weights.scene_ssim * (1 - alike),
    }


def bordered_ssim(a: Tensor, b: Tensor) -> Tensor:
    """Mean SSIM with a window around every pixel of (h,w,3), black beyond the edge, as ExAvatar
    takes it; differentiable in a."""
    edge = (0, 0, *[WINDOW // 2] * 4)
    return ssim(pad(a, edge), pad(b, edge))
