"""Where an avatar stands in a reference's scene: its own proportions, the reference's position."""

from dataclasses import replace

import cv2
import numpy as np
import torch
from torch import Tensor

from understudy.artifacts.fit import Fit
from understudy.body.model import ShapedBody
from understudy.body.pose import Pose
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.rig import body_height

SOLES = ("left_ankle", "left_foot", "right_ankle", "right_foot")
CALM = 0.12  # s, over which the correction of the feet's height is smoothed
CHUNK = 64  # frames posed at once


def placed_pose(avatar: Avatar, reference: Fit, placement: str) -> Pose:
    """The reference's motion for the avatar's body, in the reference's camera space.

    placement "copy": the reference's translation as it is (other legs sink or float).
    "ground", where "scene" begins, too: the pelvis moved along its line of sight by the ratio of
    the bodies' heights, so that the figure is as tall in the image as the reference was; then up or
    down so that in each frame the lower sole is where the reference's lower sole, scaled likewise,
    was. A jump stays a jump.
    """
    if placement == "copy":
        return reference.pose
    body = avatar.rig.body
    theirs = body.shaped(reference.betas, reference.joint_offset)
    ours = body.shaped(avatar.rig.betas, avatar.rig.joint_offset)
    ratio = avatar.rig.height / body_height(body, reference.betas)
    pelvis = (reference.pose.transl + theirs.joints[0]) * ratio
    pose = replace(reference.pose, transl=pelvis - ours.joints[0])
    up = torch.from_numpy(np.asarray(reference.up, np.float32))
    rise = lowest_sole(theirs, reference.pose, up) * ratio - lowest_sole(ours, pose, up)
    sigma, nearest = CALM * reference.fps, cv2.BORDER_REPLICATE
    calm = cv2.GaussianBlur(rise[:, None].numpy(), (1, 0), sigma, sigmaY=sigma, borderType=nearest)
    return replace(pose, transl=pose.transl + torch.from_numpy(calm) * up)


def lowest_sole(shaped: ShapedBody, pose: Pose, up: Tensor) -> Tensor:
    """(n,) m along `up` of the lowest point of both feet in each frame."""
    body = shaped.model
    columns = [body.joint(name) for name in SOLES]
    feet = (body.weights[:, columns].sum(1) > 0.5).nonzero()[:, 0]
    person = ShapedBody(body.submesh(feet), shaped.vertices[feet], shaped.joints)
    with torch.no_grad():
        heights = [
            (person.pose(pose[start : start + CHUNK]).vertices @ up).amin(1)
            for start in range(0, len(pose), CHUNK)
        ]
    return torch.cat(heights)
