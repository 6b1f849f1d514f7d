"""An avatar in poses and cameras that its video never showed."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from understudy.avatar.animate import to_bytes
from understudy.avatar.evaluate import Score, score
from understudy.avatar.model import Avatar
from understudy.avatar.refinement import BODY_JOINTS, PoseRefinement
from understudy.body.pose import Pose


@dataclass(frozen=True)
class Pictures:
    """Pictures of a person on white: images (n,h,w,3) uint8, masks (n,h,w) bool, and how they
    were taken: pose (n frames, in camera space), K (3,3) px."""

    images: np.ndarray
    masks: np.ndarray
    pose: Pose
    K: Tensor


def render_poses(avatar: Avatar, pictures: Pictures) -> Pictures:
    """The avatar in the poses and by the camera of `pictures`."""
    height, width = pictures.images.shape[1:3]
    images, masks = [], []
    for t in range(len(pictures.pose)):
        with torch.no_grad():
            cloud = avatar.pose(pictures.pose[t : t + 1])
            rgb, alpha = cloud.render(torch.eye(4)[None], pictures.K[None], width, height)
        images.append(to_bytes(rgb + 1 - alpha)[0])
        masks.append((alpha[0, ..., 0] > 0.5).numpy())
    return replace(pictures, images=np.stack(images), masks=np.stack(masks))
