"""A fit whose body moves to its left without moving a limb."""

import numpy as np
import torch

from understudy.artifacts.fit import PARTS, Fit
from understudy.body.pose import Pose

SPEED, FPS = 3.0, 10.0  # m/s


def moving_fit(frames: int) -> Fit:
    """At a constant SPEED; nobody is seen in the last frame."""
    pose = Pose.rest(frames)
    pose.transl[:, 0] = torch.arange(frames) * SPEED / FPS
    confidence = np.ones(frames, np.float32)
    confidence[-1] = 0
    return Fit(
        pose=pose,
        betas=torch.zeros(10),
        joint_offset=torch.zeros(55, 3),
        K=torch.eye(3),
        fps=FPS,
        size=(64, 64),
        confidence=confidence,
        error=dict.fromkeys(PARTS, 0.0),
        up=np.array([0.0, -1.0, 0.0]),
        about={"body": "a body"},
    )
