"""What is known of every frame of a video while it is rendered: its labels."""

from dataclasses import dataclass, field

import numpy as np
import torch

from understudy.artifacts.label_arrays import BEHIND_SCENE, BEHIND_SELF, OUTSIDE, VISIBLE
from understudy.artifacts.labels import Labels
from understudy.artifacts.masks import PackedMasks
from understudy.artifacts.placed import Placed
from understudy.body.landmarks import BURIED, landmarks
from understudy.body.model import ShapedBody
from understudy.body.pose import Pose
from understudy.body.zbuffer import mesh_depth_at
from understudy.gaussians.rig import Rig

HALF = 0.5  # of a pixel: what covers less of it is not in the mask


@dataclass
class Labelling:
    """Gathers the labels of a video, batch by batch.

    person: its body; pose: n frames in the space of the camera; K (3,3) px and view (4,4) as labels
    have them; deep: whether the person's depth is kept. The lists: of
    the frames that came so far; masks: packed (`artifacts.masks.PackedMasks`).
    """

    person: ShapedBody
    rig: Rig
    pose: Pose
    K: np.ndarray
    view: np.ndarray
    deep: bool
    joints: list[np.ndarray] = field(default_factory=list)
    keypoints: list[np.ndarray] = field(default_factory=list)
    seen: list[np.ndarray] = field(default_factory=list)
    masks: list[PackedMasks] = field(default_factory=list)
    depths: list[np.ndarray] = field(default_factory=list)

    @staticmethod
    def of(rig: Rig, pose: Pose, K: np.ndarray, view: np.ndarray, deep: bool) -> "Labelling":
        return Labelling(rig.body.shaped(rig.betas, rig.joint_offset), rig, pose, K, view, deep)

    def add(self, alpha: np.ndarray, depth: np.ndarray, shown: np.ndarray) -> None:
        """The next batch of frames: the figure's coverage (b,h,w) f32, its depth (b,h,w) f32 m, and
        which share of it is seen (b,h,w)."""
        first = len(self.seen)
        with torch.no_grad():
            posed = self.person.pose(self.pose[first : first + len(alpha)])
            points = landmarks(posed, self.person.model.landmark_table()).numpy()
        self.joints += list(posed.joints.numpy())
        self.keypoints += list(points)
        bodies = posed.vertices.numpy()
        for frame in zip(points, bodies, alpha, shown, strict=True):
            self.seen.append(self._seen(*frame))
        visible = alpha * shown > HALF
        self.masks.append(PackedMasks.of(visible))
        if self.deep:
            self.depths += list(np.where(visible, depth, 0).astype(np.float16))

    def labels(self, drawn: np.ndarray, fps: float, placed: Placed | None = None) -> Labels:
        """Once all frames are there; drawn (n,): those that show the person."""
        bits = np.concatenate([masks.bits for masks in self.masks])
        masks = PackedMasks(bits * drawn[:, None], self.masks[0].height, self.masks[0].width)
        depth = np.stack(self.depths) * drawn[:, None, None] if self.deep else None
        return Labels(
            pose=self.pose,
            betas=self.rig.betas,
            joint_offset=self.rig.joint_offset,
            K=self.K,
            view=self.view,
            joints=np.stack(self.joints),
            keypoints=np.stack(self.keypoints),
            seen=np.stack(self.seen) * drawn[:, None],
            drawn=drawn,
            masks=masks,
            depth=depth,
            fps=fps,
            body=self.rig.body.model_id,
            placed=placed,
        )

    def _seen(
        self, points: np.ndarray, body: np.ndarray, alpha: np.ndarray, share: np.ndarray
    ) -> np.ndarray:
        """(133,) uint8: what is in front of a frame's keypoints (133,3), m, of a body's vertices
        (V,3) and a figure of that coverage (h,w) of which that share (h,w) is seen.

        The body tells better than the Gaussians what hides itself: their depth is a mean of several
        surfaces where one ends.
        """
        height, width = alpha.shape
        image = points @ self.K.T
        column, row = np.floor(image[:, :2] / np.maximum(image[:, 2:], 1e-6)).astype(int).T
        inside = (points[:, 2] > 0) & (column >= 0) & (column < width)
        inside &= (row >= 0) & (row < height)
        at = row[inside], column[inside]
        skin = mesh_depth_at(body, self.person.model.faces.numpy(), self.K, at)
        buried = (skin > 0) & (points[inside, 2] > skin + BURIED[inside])
        hidden = (alpha[at] > HALF) & (share[at] < HALF)
        seen = np.full(len(points), OUTSIDE, np.uint8)
        seen[inside] = np.where(hidden, BEHIND_SCENE, np.where(buried, BEHIND_SELF, VISIBLE))
        return seen
