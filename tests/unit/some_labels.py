"""Labels of a video of two frames that shows nobody's pose in particular."""

from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.labels import Labels, save_labels
from understudy.artifacts.masks import PackedMasks
from understudy.artifacts.placed import Placed
from understudy.body.pose import Pose


def write_some_labels(path: Path, placed: Placed | None = None) -> None:
    """Write them; placed: where the person stands, if in a room."""
    labels = Labels(
        pose=Pose.rest(2),
        betas=torch.zeros(10),
        joint_offset=torch.zeros(55, 3),
        K=np.eye(3),
        view=np.eye(4),
        joints=np.zeros((2, 55, 3)),
        keypoints=np.ones((2, 133, 3)),
        seen=np.zeros((2, 133), np.uint8),
        drawn=np.ones(2, bool),
        masks=PackedMasks.empty(2, 8, 8),
        depth=None,
        fps=25.0,
        body="cc0 123",
        placed=placed,
    )
    save_labels(path, labels)
