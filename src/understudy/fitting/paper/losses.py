"""The losses of ExAvatar's fit, each a mean over its elements, unweighted; and what they skip."""

import math

import torch
from torch import Tensor
from torch.nn.functional import normalize

from understudy.body.landmarks import LANDMARK_NAMES
from understudy.body.rotation import matrix_to_axis_angle
from understudy.fitting.paper.paper_body import MARKS

NAMES = [LANDMARK_NAMES[mark] for mark in MARKS]
EYES = [NAMES.index("left_eye"), NAMES.index("right_eye")]
FACE = [i for i, name in enumerate(NAMES) if name.startswith("face-")]
_FINGERS = ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
LEFT, RIGHT = (
    [i for i, name in enumerate(NAMES) if name.startswith(tuple(f"{side}_{f}" for f in _FINGERS))]
    for side in ("left", "right")
)
# ExAvatar's list of the body's points has these besides, FLAME's all but the pelvis.
UNDETECTED = ("pelvis", "neck", "head", "jaw")
WRISTS = [NAMES.index("left_wrist"), NAMES.index("right_wrist")]
_BOX_MARGIN = 1.2  # factor on the boxes of hands


def keypoint_loss(projected: Tensor, seen: Tensor, weight: Tensor, undetected: int) -> Tensor:
    """mean |projected − seen|: both (b,l,2), weight (b,l).

    undetected: points of ExAvatar's list that no detector gives; they add nothing, but count.
    """
    off = (projected - seen).abs() * weight[..., None]
    return off.mean() * (off.shape[1] / (off.shape[1] + undetected))


def pose_loss(rotations: Tensor, first: Tensor) -> Tensor:
    """mean |R − R₀| of rotation matrices (b,j,3,3)."""
    return (rotations - first).abs().mean()


def forward_head_loss(rotations: Tensor) -> Tensor:
    """mean x² of the axis-angle of the joints (b,j,3,3) of spine, neck and head."""
    return (matrix_to_axis_angle(rotations)[..., 0] ** 2).mean()


def symmetry_loss(offset: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """mean over pairs of |x + x'| + |y − y'| + |z − z'|: offset (k,3); left, right (p,) indices."""
    mirror = offset.new_tensor([-1.0, 1.0, 1.0])
    return (offset[right] - mirror * offset[left]).abs().sum(-1).mean()


def joint_offset_loss(offset: Tensor, hands: Tensor, hands_weight: float) -> Tensor:
    """mean offset² (55,3), weighted more for the joints `hands` (h,)."""
    weight = torch.ones(len(offset), 1)
    weight[hands] = hands_weight
    return (weight * offset**2).mean()


def hands_apart(projected: Tensor, depth: Tensor, valid: Tensor, most: float) -> Tensor:
    """(b,l) 0 for the points of the farther of two hands whose boxes overlap, and its wrist.

    projected (b,l,2), depth (b,l), valid (b,l) of the points of MARKS; `most`: the greatest
    overlap, as intersection over union, that is allowed. A detector mistakes hands for each other
    when one hides the other.
    """
    both = (valid[:, LEFT] > 0).any(1) & (valid[:, RIGHT] > 0).any(1)
    lows, highs = zip(*(_box(projected[:, s], valid[:, s]) for s in (LEFT, RIGHT)), strict=True)
    inner = (torch.minimum(*highs) - torch.maximum(*lows)).clamp(min=0).prod(-1)
    areas = sum((high - low).prod(-1) for low, high in zip(lows, highs, strict=True))
    overlap = both & (inner / (areas - inner + 1e-5) > most)
    left_farther = depth[:, LEFT].mean(1) > depth[:, RIGHT].mean(1)
    weight = torch.ones_like(valid)
    for farther, side, wrist in ((left_farther, LEFT, 0), (~left_farther, RIGHT, 1)):
        out = (overlap & farther).nonzero()
        weight[out, torch.tensor([*side, WRISTS[wrist]])] = 0
    return weight


def _box(points: Tensor, valid: Tensor) -> tuple[Tensor, Tensor]:
    """The corners (b,2) around the valid ones (b,k) of points (b,k,2), enlarged; 0 if none is."""
    inside = valid[..., None] > 0
    some = inside.any(1)
    low = torch.where(inside, points, torch.inf).amin(1).where(some, 0)
    high = torch.where(inside, points, -torch.inf).amax(1).where(some, 0)
    spare = (high - low) * (_BOX_MARGIN - 1) / 2
    return low - spare, high + spare


def face_to_camera(middle: Tensor, eyes: Tensor, degrees: float) -> Tensor:
    """(b,) whether a head looks at the camera: middle, eyes (b,3) m, of the head and its eyes.

    Seen from above, the line from the middle to the eyes and the viewing ray are more than
    `degrees` apart.
    """
    front = normalize((eyes - middle)[:, [0, 2]], dim=-1)
    ray = normalize(middle[:, [0, 2]], dim=-1)
    return (front * ray).sum(-1) < math.cos(math.radians(degrees))


def project(points: Tensor, focal: Tensor, centre: Tensor) -> Tensor:
    """Points (b,l,3) m -> (b,l,2) with each frame's focal (b,2) and principal point (b,2)."""
    depth = points[..., 2:].clamp(min=0.1)
    return points[..., :2] / depth * focal[:, None] + centre[:, None]
