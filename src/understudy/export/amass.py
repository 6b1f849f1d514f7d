"""Labels as AMASS lays out SMPL-X motions (Mahmood et al., ICCV 2019): an .npz that NumPy alone
reads, in a level world whose z points up."""

from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.labels import Labels, load_labels
from understudy.body.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from understudy.files import atomic_path

# From the floor's axes, right, up and back, to AMASS's: x right, y away, z up.
UPRIGHT = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


def write_amass(labels: Path | str, out: Path | str) -> None:
    """Write a video's motion: trans (n,3) m, poses (n,165) and its parts root_orient, pose_body,
    pose_jaw, pose_eye, pose_hand, betas, expression (n,E), gender, surface_model_type and
    mocap_frame_rate; hands relative to flat ones. Frames that show nobody are in it: `drawn` says
    which do not."""
    with atomic_path(out) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **amass_arrays(load_labels(labels)))


def amass_arrays(labels: Labels) -> dict[str, np.ndarray]:
    """The arrays of the file."""
    to_world = UPRIGHT @ np.linalg.inv(labels.view)[:3, :3]
    origin = UPRIGHT @ np.linalg.inv(labels.view)[:3, 3]
    turn = torch.from_numpy(to_world).float()
    full = labels.pose.full().clone()
    full[:, 0] = matrix_to_axis_angle(turn @ axis_angle_to_matrix(labels.pose.global_orient))
    # The root turns about the pelvis, which stays where it is.
    pelvis = labels.joints[:, 0]
    rest = pelvis - labels.pose.transl.numpy()
    poses = full.flatten(1).numpy().astype(np.float64)
    return {
        "trans": pelvis @ to_world.T + origin - rest,
        "poses": poses,
        "root_orient": poses[:, :3],
        "pose_body": poses[:, 3:66],
        "pose_jaw": poses[:, 66:69],
        "pose_eye": poses[:, 69:75],
        "pose_hand": poses[:, 75:],
        "betas": labels.betas.numpy().astype(np.float64),
        "expression": labels.pose.expression.numpy().astype(np.float64),
        "gender": np.array("neutral"),
        "surface_model_type": np.array("smplx"),
        "mocap_frame_rate": np.array(labels.fps),
        "drawn": labels.drawn,
    }
