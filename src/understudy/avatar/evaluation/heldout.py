"""An avatar in poses and camera views that its video never showed, against images of the person."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from understudy.artifacts.truth import Pictures
from understudy.avatar.evaluation.evaluate import FITTED, Score, mean_score, score
from understudy.avatar.training.alignment import Alignment
from understudy.avatar.training.footage import Box, person_box
from understudy.avatar.training.masked_frame import MaskedFrame
from understudy.avatar.training.poses import PARTS, frame_poses
from understudy.avatar.training.settings import AlignSettings
from understudy.body.skeleton import BODY_JOINTS
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.pixels import to_bytes

PLACING_ROUNDS = 3
PLACED = AlignSettings(blurs=(3.0, 2.0, 2.0, 1.5, 1.0, 1.0), turn_trust=1.0, transl_trust=1.0)


def box_of(pictures: Pictures, t: int) -> Box:
    """The box around the person in image t, which shows one."""
    box = person_box(pictures.masks[t].astype(np.uint8) * 255)
    assert box is not None
    return box


def masked_frame(pictures: Pictures, t: int, box: Box) -> MaskedFrame:
    """Image t inside a box, all of it trusted."""
    mask = torch.from_numpy(pictures.masks[t][box.slices])[..., None].float()
    image = torch.from_numpy(pictures.images[t][box.slices]).float() / 255
    return MaskedFrame.cut_out(image, mask)


def render_pictures(avatar: Avatar, pictures: Pictures, corrections: Tensor) -> Pictures:
    """The avatar rendered like `pictures`, each pose with its correction (n,23,3)."""
    height, width = pictures.images.shape[1:3]
    eye, white = torch.eye(4)[None], torch.ones(1, 3)
    images, masks = [], []
    for frame, correction in zip(frame_poses(pictures.pose), corrections, strict=True):
        with torch.no_grad():
            cloud = avatar.pose_rotations(*frame.corrected(correction))
            rgb, alpha, _ = cloud.render(eye, pictures.K[None], width, height, white)
        images.append(to_bytes(rgb[0]))
        masks.append((alpha[0, ..., 0] > 0.5).numpy())
    return replace(pictures, images=np.stack(images), masks=np.stack(masks))


def placing(avatar: Avatar, pictures: Pictures) -> Tensor:
    """(n,23,3): each figure moved rigidly, as a whole, to where the image shows it.

    One camera cannot show how large and how far away a person is or, with its tilt, how upright
    they stand, so the root is the avatar's own; everything between the joints is left unchanged.
    First the silhouettes' sizes and positions are matched, then the pixels.
    """
    corrections = _by_silhouette(avatar, pictures)
    root = torch.zeros(PARTS)
    root[[0, BODY_JOINTS]] = 1
    return _aligned(avatar, pictures, corrections, root, PLACED)


def fitting(avatar: Avatar, pictures: Pictures, placed: Tensor) -> Tensor:
    """(n,23,3): whole poses fitted to their images, starting where the figures were `placed`, the
    avatar frozen (ExAvatar's protocol)."""
    return _aligned(avatar, pictures, placed, torch.ones(PARTS), FITTED)


def _aligned(
    avatar: Avatar, pictures: Pictures, start: Tensor, free: Tensor, settings: AlignSettings
) -> Tensor:
    alignment = Alignment(avatar, free, settings)
    found = []
    for t, frame in enumerate(frame_poses(pictures.pose)):
        box = box_of(pictures, t)
        camera = box.camera(pictures.K)
        found.append(alignment.align(frame, start[t], masked_frame(pictures, t, box), camera))
    return torch.stack(found)


def _by_silhouette(avatar: Avatar, pictures: Pictures) -> Tensor:
    corrections = torch.zeros(len(pictures.pose), PARTS, 3)
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


def score_pictures(drawn: Pictures, truth: Pictures, frames: list[int]) -> list[Score]:
    """Scores in the person's box of each of the frames."""
    scores = []
    for t in frames:
        rows, columns = box_of(truth, t).slices
        images = (torch.from_numpy(p.images[t, rows, columns]) / 255 for p in (drawn, truth))
        masks = (
            torch.from_numpy(p.masks[t, rows, columns])[..., None].float() for p in (drawn, truth)
        )
        (ours, theirs), (alpha, mask) = images, masks
        scores.append(score(ours, alpha, theirs, mask))
    return scores


def evaluate_pictures(avatar: Avatar, pictures: Pictures) -> tuple[dict, Pictures]:
    """Scores in poses never seen, and the avatar's images.

    "held_out_poses": posed by ground truth, placed in the image; "held_out_poses_fitted": the pose
    fitted to the image too.
    """
    frames = list(range(len(pictures.pose)))
    placed = placing(avatar, pictures)
    drawn = render_pictures(avatar, pictures, placed)
    fitted = render_pictures(avatar, pictures, fitting(avatar, pictures, placed))
    return {
        "held_out_poses": mean_score(score_pictures(drawn, pictures, frames)),
        "held_out_poses_fitted": mean_score(score_pictures(fitted, pictures, frames)),
    }, drawn
