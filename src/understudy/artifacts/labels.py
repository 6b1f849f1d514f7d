"""labels.npz: what is known of every frame of a synthetic video, beside the video.

n frames, in the space of the video's camera: x right, y down, z forward, m; pixel (0, 0) covers
0 ≤ x, y < 1.

Pose under SMPL-X's names (`body.pose.Pose`: global_orient (n,3), …, transl (n,3), expression
(n,E)) of the person's own body: betas (S,), joint_offset (55,3) m. K (3,3) px; view (4,4): from the
axes of the floor (right, up and back, m, from the point of the floor below the camera) to the
camera's space. joints (n,55,3) and keypoints (n,133,3) m: SMPL-X's joints and COCO-WholeBody's
points; seen (n,133) uint8: 3, nothing is in front of the point, 2, the person is, 1, a thing of the
scene is, 0, it is outside the picture, or nobody is drawn. drawn (n,): frames that show the person.
bits and shape: masks as in masks.npz, of what is seen of the person. depth (n,h,w) float16 m of the
person, 0 elsewhere; only if it was asked for. Lengths and angles are rounded to 1/8192 m and rad.

About: kind, body (the body model's id), fps, size (h, w), placed (`artifacts.placed`, of a video
whose person stands in a room, else null).
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.artifacts.label_arrays import KIND, OPTIONAL, SHAPES
from understudy.artifacts.masks import PackedMasks, masks_of, stored_masks
from understudy.artifacts.placed import Placed, placed_from
from understudy.body.pose import Pose
from understudy.errors import UserError

FINEST = 8192  # steps a metre and a radian: 0.01 px at 3 m and a focal length of 500 px


@dataclass(frozen=True)
class Labels:
    """A video's n frames; fields as the module says. body: the body model's id; size: h, w."""

    pose: Pose
    betas: Tensor
    joint_offset: Tensor
    K: np.ndarray
    view: np.ndarray
    joints: np.ndarray
    keypoints: np.ndarray
    seen: np.ndarray
    drawn: np.ndarray
    masks: PackedMasks
    depth: np.ndarray | None
    fps: float
    body: str
    placed: Placed | None

    def __len__(self) -> int:
        return len(self.drawn)

    @property
    def size(self) -> tuple[int, int]:
        """h, w."""
        return self.masks.height, self.masks.width

    @property
    def keypoints_2d(self) -> np.ndarray:
        """(n,133,2) px."""
        image = self.keypoints @ self.K.T
        return image[..., :2] / np.maximum(image[..., 2:], 1e-6)

    def box(self, frame: int) -> tuple[int, int, int, int] | None:
        """Left, top, width and height, px, of what is seen of the person; None: nothing."""
        mask = self.masks[frame]
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if not rows.size:
            return None
        left, top = int(columns[0]), int(rows[0])
        return left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top


def save_labels(path: Path | str, labels: Labels) -> None:
    """Write a video's labels."""
    fine = {
        **labels.pose.to_numpy(),
        **{"joints": labels.joints, "keypoints": labels.keypoints},
    }
    arrays = {
        **{name: _rounded(array) for name, array in fine.items()},
        "betas": labels.betas.numpy(),
        "joint_offset": labels.joint_offset.numpy(),
        "K": labels.K,
        "view": labels.view,
        "seen": labels.seen.astype(np.uint8),
        "drawn": labels.drawn,
        **stored_masks(labels.masks),
    }
    if labels.depth is not None:
        arrays["depth"] = labels.depth.astype(np.float16)
    placed = None if labels.placed is None else asdict(labels.placed)
    about = {"body": labels.body, "fps": labels.fps, "size": list(labels.size), "placed": placed}
    save_arrays(path, arrays, {**about, "kind": KIND})


def load_labels(path: Path | str) -> Labels:
    """Read a video's labels; UserError if the file is anything else or damaged."""
    stored = load_arrays(path, KIND, None, SHAPES, OPTIONAL)
    try:
        return Labels(
            pose=Pose.from_numpy(stored.arrays),
            betas=torch.from_numpy(stored["betas"]),
            joint_offset=torch.from_numpy(stored["joint_offset"]),
            K=stored["K"],
            view=stored["view"],
            joints=stored["joints"],
            keypoints=stored["keypoints"],
            seen=stored["seen"],
            drawn=stored["drawn"],
            masks=masks_of(stored),
            depth=stored.arrays.get("depth"),
            fps=float(stored.about["fps"]),
            body=stored.about["body"],
            placed=placed_from(stored.about["placed"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(f"{path}: is damaged ({error}); delete it and rerun") from error


def _rounded(array: np.ndarray) -> np.ndarray:
    """Values whose last bits are zero, so that they compress to half."""
    return (np.round(array.astype(np.float64) * FINEST) / FINEST).astype(np.float32)
