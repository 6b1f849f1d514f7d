"""Linear blend skinning in batches of frames, differentiable in shape, offsets and pose.

The formulas are SMPL-X's (Pavlakos et al., CVPR 2019): rest joints follow shape and expression,
pose correctives follow the rotations' difference from identity, vertices blend joint transforms.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor


@dataclass(frozen=True)
class Posed:
    """n posed frames: vertices (n,V,3), joints (n,55,3), both in m; transforms (n,55,4,4).

    `transforms` maps a rest-pose point, rigid with a joint, to its posed position, transl
    included.
    """

    vertices: Tensor
    joints: Tensor
    transforms: Tensor


def skin(
    vertices: Tensor,
    joints: Tensor,
    weights: Tensor,
    parents: tuple[int, ...],
    rotations: Tensor,
    transl: Tensor,
) -> Posed:
    """Skin n frames.

    vertices (n,V,3), joints (n,55,3): at rest, with shape, expression and correctives applied;
    weights (V,55); rotations (n,55,3,3) relative to the parent joint; transl (n,3).
    """
    turned, placed = chain(rotations, joints, parents)
    placed = placed + transl[:, None]
    shift = placed - (turned @ joints[..., None])[..., 0]
    transforms = torch.cat([turned, shift[..., None]], -1)  # (n,55,3,4)
    columns = transforms.permute(0, 3, 2, 1).flatten(1, 2)  # (n,4·3,55), so that vertices are last
    a, b, c, d = (columns @ weights.T).unflatten(1, (4, 3)).unbind(1)
    x, y, z = vertices.unbind(2)
    skinned = (a * x[:, None] + b * y[:, None] + c * z[:, None] + d).mT
    bottom = transforms.new_tensor([0.0, 0.0, 0.0, 1.0])
    bottom = bottom.expand(len(rotations), joints.shape[1], 1, 4)
    return Posed(skinned, placed, torch.cat([transforms, bottom], 2))


def blend(directions: Tensor, coefficients: Tensor) -> Tensor:
    """(k,3,c) directions, (n,c) coefficients -> (n,k,3)."""
    flat = directions.reshape(-1, directions.shape[-1])
    return (coefficients @ flat.T).unflatten(1, (len(directions), 3))


def chain(rotations: Tensor, joints: Tensor, parents: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Forward kinematics, all joints at the same depth of the tree at once.

    rotations (n,J,3,3) relative to the parent, joints (n,J,3) at rest -> rotations (n,J,3,3) and
    positions (n,J,3) in the body's space. `parents` names each joint's parent, −1 for the root.
    """
    levels = _levels(parents)
    turned, placed = [rotations[:, levels[0]]], [joints[:, levels[0]]]
    for above, level in pairwise(levels):
        parent = [above.index(parents[joint]) for joint in level]
        bone = joints[:, level] - joints[:, [parents[joint] for joint in level]]
        frame = turned[-1][:, parent]
        placed.append(placed[-1][:, parent] + (frame @ bone[..., None])[..., 0])
        turned.append(frame @ rotations[:, level])
    order = [joint for level in levels for joint in level]
    back = sorted(range(len(order)), key=order.__getitem__)
    return torch.cat(turned, 1)[:, back], torch.cat(placed, 1)[:, back]


def _levels(parents: tuple[int, ...]) -> list[list[int]]:
    """The joints by depth in the tree, roots first."""
    depth: list[int] = []
    for parent in parents:  # a parent comes before its children in SMPL-X's order
        depth.append(0 if parent < 0 else depth[parent] + 1)
    return [[j for j, d in enumerate(depth) if d == level] for level in range(max(depth) + 1)]
