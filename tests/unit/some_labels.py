"""Labels of a video that shows nobody's pose in particular."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.labels import Labels, save_labels
from understudy.artifacts.masks import PackedMasks
from understudy.artifacts.placed import Placed
from understudy.body.pose import Pose


def write_some_labels(path: Path, placed: Placed | None = None) -> None:
    """Write them; placed: where the person stands, if in a room."""
    save_labels(path, replace(some_labels(2, 8), placed=placed))


def some_labels(frames: int, size: int) -> Labels:
    """Of so many frames of size×size px, of which a part of one quarter shows somebody."""
    mask = np.zeros((size, size), bool)
    mask[size // 4 : size // 2, size // 8 : size // 2] = True
    return Labels(
        pose=Pose.rest(frames),
        betas=torch.zeros(10),
        joint_offset=torch.zeros(55, 3),
        K=np.eye(3),
        view=np.eye(4),
        joints=np.zeros((frames, 55, 3)),
        keypoints=np.ones((frames, 133, 3)),
        seen=np.zeros((frames, 133), np.uint8),
        drawn=np.ones(frames, bool),
        masks=PackedMasks.of([mask] * frames),
        depth=None,
        fps=25.0,
        body="cc0 123",
        placed=None,
    )
