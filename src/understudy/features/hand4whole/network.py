"""Hand4Whole's network: one image of a person -> the poses of body, both hands and jaw.

Moon et al., "Accurate 3D hand pose estimation for whole-body 3D human mesh estimation", CVPRW
2022. Parts, sizes, and the names of the parameters are those of its public code
(github.com/mks0601/Hand4Whole_RELEASE: main/model.py, main/config.py, common/nets/module.py), so
that its checkpoint loads unchanged. A body's grid has 8 × 6 cells, a hand's 8 × 8, both 8 deep.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from understudy.features.hand4whole.heatmaps import at_joints, soft_argmax
from understudy.features.hand4whole.roi_align import roi_align
from understudy.features.hand4whole.rotation6d import columns_to_axis_angle
from understudy.networks.resnet import Trunk

PICTURE = (512, 384)  # px, height and width
_BODY_PICTURE = (256, 192)
_HAND, _FACE = 256, 192  # px, the squares cropped from the image
_DEPTH, _BODY_GRID, _HAND_GRID = 8, (8, 6), (8, 8)
_BODY_POINTS, _HAND_POINTS = 25, 20
_KNUCKLES = [4, 8, 12, 16]  # index, middle, ring, little finger among a hand's 20 points
_POINT = 512 + 3  # a point's features and position


@dataclass(frozen=True)
class Poses:
    """Axis-angle, rad, of n people: root (n,3) in camera space; body (n,21,3); hands (n,2,15,3),
    left then right, relative to MANO's relaxed hand; jaw (n,3)."""

    root: Tensor
    body: Tensor
    hands: Tensor
    jaw: Tensor


def _dense(*sizes: int) -> nn.Sequential:
    """Fully connected layers, with ReLU between them."""
    layers: list[nn.Module] = []
    for inward, outward in pairwise(sizes):
        layers += [nn.Linear(inward, outward), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _narrow(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, 512, 1), nn.BatchNorm2d(512), nn.ReLU())


def _widen(*channels: int) -> nn.Sequential:
    """Each step doubles height and width."""
    layers: list[nn.Module] = []
    for inward, outward in pairwise(channels):
        up = nn.ConvTranspose2d(inward, outward, 4, 2, 1, bias=False)
        layers += [up, nn.BatchNorm2d(outward), nn.ReLU()]
    return nn.Sequential(*layers)


class _Points(nn.Module):
    """Features (n,2048,h,w) -> heat maps (n,J,8,h,w) that sum to 1, and points (n,J,3) x, y, z."""

    def __init__(self, points: int):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(2048, points * _DEPTH, 1))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        return soft_argmax(self.conv(features).unflatten(1, (-1, _DEPTH)))


class _BodyPose(nn.Module):
    """Root (n,6) and body joints (n,126) from the body's and both hands' points.

    shape_out and cam_out are in the checkpoint; nothing here uses shape or camera.
    """

    def __init__(self):
        super().__init__()
        size = (_BODY_POINTS + 2 * len(_KNUCKLES)) * _POINT
        self.body_conv, self.lhand_conv, self.rhand_conv = (_narrow(2048) for _ in range(3))
        self.root_pose_out, self.body_pose_out = _dense(size, 6), _dense(size, 21 * 6)
        self.shape_out, self.cam_out = _dense(2048, 10), _dense(2048, 3)

    def forward(self, body: Tensor, left: Tensor, right: Tensor, points: list[Tensor]):
        """Features (n,2048,·,·) and points (n,·,3) of body, left and right hand."""
        narrow = self.body_conv(body), self.lhand_conv(left), self.rhand_conv(right)
        seen = [_with_places(x, at) for x, at in zip(narrow, points, strict=True)]
        every = torch.cat(seen, 1).flatten(1)
        return self.root_pose_out(every), self.body_pose_out(every)


class _HandPose(nn.Module):
    """Finger joints (n,90) from a right hand's features and points."""

    def __init__(self):
        super().__init__()
        self.hand_conv = _narrow(2048)
        self.hand_pose_out = _dense(_HAND_POINTS * _POINT, 15 * 6)

    def forward(self, features: Tensor, points: Tensor) -> Tensor:
        return self.hand_pose_out(_with_places(self.hand_conv(features), points).flatten(1))


def _with_places(features: Tensor, points: Tensor) -> Tensor:
    """(n,J,515): each point's features, then x, y, z."""
    return torch.cat([at_joints(features, points), points], 2)


class _Boxes(nn.Module):
    """Left hand's, right hand's and face's boxes, (n,3,2) centres and (n,3,2) sizes, on the body's
    8 × 6 grid."""

    def __init__(self):
        super().__init__()
        self.deconv = _widen(2048 + _BODY_POINTS * _DEPTH, 256, 256, 256)
        self.bbox_center = nn.Sequential(nn.Conv2d(256, 3, 1))
        self.lhand_size, self.rhand_size, self.face_size = (_dense(256, 256, 2) for _ in range(3))

    def forward(self, features: Tensor, heat: Tensor) -> tuple[Tensor, Tensor]:
        fine = self.deconv(torch.cat([features, heat.flatten(1, 2)], 1))
        _, middles = soft_argmax(self.bbox_center(fine)[:, :, None])
        seen = at_joints(fine, middles).unbind(1)
        heads = self.lhand_size, self.rhand_size, self.face_size
        sizes = torch.stack([head(x) for head, x in zip(heads, seen, strict=True)], 1)
        return middles[..., :2] / 8, sizes


class _Closeup(nn.Module):
    """A trunk for the cropped squares; the name of its only part is the checkpoint's."""

    def __init__(self, layers: int):
        super().__init__()
        self.backbone = Trunk(layers)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.backbone(pictures)


class _FaceCode(nn.Module):
    """Jaw (n,6) from a face's features; expr_out is the checkpoint's; DECA gives expressions."""

    def __init__(self):
        super().__init__()
        self.expr_out, self.jaw_pose_out = _dense(512, 10), _dense(512, 6)

    def forward(self, features: Tensor) -> Tensor:
        return self.jaw_pose_out(features.mean((2, 3)))


class Hand4Whole(nn.Module):
    """Images (n,3,512,384) RGB in [0,1] -> Poses."""

    def __init__(self):
        super().__init__()
        self.backbone = Trunk(50)
        self.body_position_net = _Points(_BODY_POINTS)
        self.body_rotation_net = _BodyPose()
        self.box_net = _Boxes()
        self.hand_roi_net = _Closeup(50)
        self.hand_position_net = _Points(_HAND_POINTS)
        self.hand_rotation_net = _HandPose()
        self.face_roi_net = _Closeup(18)
        self.face_regressor = _FaceCode()

    def forward(self, pictures: Tensor) -> Poses:
        n = len(pictures)
        features = self.backbone(interpolate(pictures, _BODY_PICTURE))
        heat, points = self.body_position_net(features)
        boxes = _squares(*self.box_net(features, heat))
        # The network knows only right hands: left ones are shown to it mirrored.
        left, right = (roi_align(pictures, boxes[:, side], _HAND) for side in (0, 1))
        closeup = self.hand_roi_net(torch.cat([left.flip(3), right]))
        _, spread = self.hand_position_net(closeup)
        fingers = columns_to_axis_angle(
            self.hand_rotation_net(closeup, spread).unflatten(1, (15, 6))
        )
        hands = torch.stack([fingers[:n] * fingers.new_tensor([1, -1, -1]), fingers[n:]], 1)
        left_points = torch.cat([_HAND_GRID[1] - 1 - spread[:n, :, :1], spread[:n, :, 1:]], 2)
        places = [points, left_points[:, _KNUCKLES], spread[n:, _KNUCKLES]]
        root, body = self.body_rotation_net(features, closeup[:n].flip(3), closeup[n:], places)
        jaw = self.face_regressor(self.face_roi_net(roi_align(pictures, boxes[:, 2], _FACE)))
        return Poses(
            columns_to_axis_angle(root),
            columns_to_axis_angle(body.unflatten(1, (21, 6))),
            hands,
            columns_to_axis_angle(jaw),
        )


def _squares(middles: Tensor, sizes: Tensor) -> Tensor:
    """(n,3,4) x0, y0, x1, y1 px of the image: each box made square and enlarged, hands by 2, the
    face by 1.5."""
    height, width = PICTURE
    scale = middles.new_tensor([width / _BODY_GRID[1], height / _BODY_GRID[0]])
    side = (sizes * scale).amax(-1, keepdim=True) * sizes.new_tensor([2.0, 2.0, 1.5])[:, None]
    return torch.cat([middles * scale - side / 2, middles * scale + side / 2], -1)
