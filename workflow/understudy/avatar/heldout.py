"""An avatar in poses and by cameras that its video never showed, against pictures of the person."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from understudy.avatar.animate import to_bytes
from understudy.avatar.clip import Box, person_box
from understudy.avatar.evaluate import FITTED_RATE, Score, mean_score, score
from understudy.avatar.model import Avatar
from understudy.avatar.refinement import corrected
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.skeleton import BODY_JOINTS
from understudy.features.masks import unpack_masks
from understudy.files import load_arrays

PLACING_ROUNDS = 4


@dataclass(frozen=True)
class Pictures:
    """A person on white in n poses: images (n,h,w,3) uint8; masks (n,h,w) bool; pose: n frames in
    camera space; K (3,3) px."""

    images: np.ndarray
    masks: np.ndarray
    pose: Pose
    K: Tensor

    def box(self, t: int) -> Box | None:
        return person_box(self.masks[t].astype(np.uint8) * 255)


def load_pictures(path: Path | str, kind: str = "held_out") -> Pictures:
    """Read the demo world's pictures of held-out poses."""
    stored = load_arrays(path, kind)
    return Pictures(
        images=stored["images"],
        masks=unpack_masks(stored),
        pose=Pose.from_numpy(stored.arrays),
        K=torch.from_numpy(stored["K"]).float(),
    )


def render_pictures(avatar: Avatar, pictures: Pictures, corrections: Tensor) -> Pictures:
    """The avatar as in `pictures`, each pose with its correction (n,23,3)."""
    height, width = pictures.images.shape[1:3]
    whole = Box(0, 0, width, height)
    with torch.no_grad():
        drawn = [
            _draw(avatar, pictures, t, corrections[t], whole) for t in range(len(pictures.pose))
        ]
    images = np.stack([to_bytes(rgb) for rgb, _ in drawn])
    masks = np.stack([(alpha[..., 0] > 0.5).numpy() for _, alpha in drawn])
    return replace(pictures, images=images, masks=masks)


def placing(avatar: Avatar, pictures: Pictures) -> Tensor:
    """(n,23,3): translations alone that bring each silhouette to the picture's size and place.

    One camera cannot tell how large and how far a person is, so an avatar's size is its own.
    """
    corrections = torch.zeros(len(pictures.pose), BODY_JOINTS + 1, 3)
    pelvis = avatar.rig.skeleton.joints[0]
    for _ in range(PLACING_ROUNDS):
        drawn = render_pictures(avatar, pictures, corrections)
        for t, (ours, theirs) in enumerate(zip(drawn.masks, pictures.masks, strict=True)):
            if not ours.any():
                continue
            here, there = (np.argwhere(mask).mean(0)[::-1].copy() for mask in (ours, theirs))
            place = pictures.pose.transl[t] + corrections[t, -1] + pelvis
            depth = place[2] * float(np.sqrt(ours.sum() / theirs.sum()))
            shift = torch.from_numpy(there - here).float() / pictures.K[[0, 1], [0, 1]]
            moved = torch.cat([(place[:2] / place[2] + shift) * depth, depth[None]])
            corrections[t, -1] += moved - place
    return corrections


def fitting(
    avatar: Avatar, pictures: Pictures, start: Tensor, frames: list[int], iterations: int
) -> Tensor:
    """(n,23,3): the pose of some frames fitted to their pictures, the avatar frozen (ExAvatar's
    protocol); the others as in `start`."""
    corrections = start.clone()
    for t in frames:
        box = pictures.box(t)
        target = torch.from_numpy(pictures.images[t][box.slices]).float() / 255
        correction = start[t].clone().requires_grad_()
        optimiser = torch.optim.Adam([correction], lr=FITTED_RATE)
        for _ in range(iterations):
            rgb, _ = _draw(avatar, pictures, t, correction, box)
            optimiser.zero_grad()
            (rgb - target).abs().mean().backward()
            optimiser.step()
        corrections[t] = correction.detach()
    return corrections


def score_pictures(drawn: Pictures, truth: Pictures, frames: list[int]) -> list[Score]:
    """Scores in the person's box of each of the frames."""
    scores = []
    for t in frames:
        rows, columns = truth.box(t).slices
        images = (torch.from_numpy(p.images[t, rows, columns]) / 255 for p in (drawn, truth))
        masks = (
            torch.from_numpy(p.masks[t, rows, columns])[..., None].float() for p in (drawn, truth)
        )
        (ours, theirs), (alpha, mask) = images, masks
        scores.append(score(ours, alpha, theirs, mask))
    return scores


def evaluate_pictures(
    avatar: Avatar, pictures: Pictures, fitted_frames: int = 4, iterations: int = 60
) -> tuple[dict, Pictures]:
    """Scores in poses never seen, and the avatar's pictures.

    "held_out_poses": posed by the truth, placed by the silhouette; "held_out_poses_fitted": some
    of them with the pose fitted to the picture too.
    """
    frames = list(range(len(pictures.pose)))
    placed = placing(avatar, pictures)
    drawn = render_pictures(avatar, pictures, placed)
    result = {"held_out_poses": mean_score(score_pictures(drawn, pictures, frames))}
    some = frames[:: max(1, len(frames) // max(1, fitted_frames))][:fitted_frames]
    if some:
        fitted = fitting(avatar, pictures, placed, some, iterations)
        own = score_pictures(render_pictures(avatar, pictures, fitted), pictures, some)
        result["held_out_poses_fitted"] = {**mean_score(own), "frames": len(some)}
    return result, drawn


def _draw(
    avatar: Avatar, pictures: Pictures, t: int, correction: Tensor, box: Box
) -> tuple[Tensor, Tensor]:
    """Pose t with a correction (23,3) inside a box: rgb (h,w,3) on white, alpha (h,w,1)."""
    pose = pictures.pose[t : t + 1]
    rotations = corrected(axis_angle_to_matrix(pose.full())[0], correction[:BODY_JOINTS])
    transl = pose.transl + correction[BODY_JOINTS]
    cloud = avatar.pose_rotations(rotations[None], transl, pose.expression)
    camera = box.camera(pictures.K)[None]
    white = torch.ones(1, 3)
    rgb, alpha = cloud.render(torch.eye(4)[None], camera, box.width, box.height, white)
    return rgb[0], alpha[0]
