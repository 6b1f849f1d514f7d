"""How well an avatar shows what it was never trained on."""

from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor

from understudy.avatar.training.alignment import Alignment
from understudy.avatar.training.filmed import Filmed
from understudy.avatar.training.settings import AlignSettings
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.device import on_device
from understudy.image_metrics.perceptual import Lpips
from understudy.image_metrics.similarity import psnr, ssim

# A pose is fitted to a test image from a distant start, and freely.
FITTED = AlignSettings(blurs=(3.0, 2.0, 1.5, *[1.0] * 5), turn_trust=0.2, transl_trust=0.1)
FITTED_FRAMES = 6  # this many


@dataclass(frozen=True)
class Score:
    """A render against the original on white, in the person's box. psnr and person_psnr in dB, the
    latter over the pixels in both masks; iou of the masks; ssim."""

    psnr: float
    person_psnr: float
    iou: float
    ssim: float


def score(rgb: Tensor, alpha: Tensor, truth: Tensor, mask: Tensor) -> Score:
    """rgb and truth (h,w,3) on white in [0,1]; alpha and mask (h,w,1)."""
    rgb = rgb.clamp(0, 1)
    ours, theirs = alpha[..., 0] > 0.5, mask[..., 0] > 0.5
    both = ours & theirs
    return Score(
        psnr=psnr(rgb, truth),
        person_psnr=psnr(rgb[both], truth[both]) if both.any() else 0.0,
        iou=float(both.sum() / (ours | theirs).sum().clamp(min=1)),
        ssim=float(ssim(rgb, truth)),
    )


def mean_score(scores: list[Score]) -> dict[str, float]:
    """The mean of each score, rounded."""
    rows = [asdict(one) for one in scores]
    return {name: round(float(np.mean([row[name] for row in rows])), 4) for name in rows[0]}


def held_out_frame(filmed: Filmed, avatar: Avatar, t: int, correction: Tensor) -> Score:
    """The score of frame t, drawn with a correction (23,3) of its fitted pose."""
    return score(*filmed.on_white(avatar, t, correction))


def held_out_distance(filmed: Filmed, avatar: Avatar, lpips: Lpips) -> float:
    """Mean LPIPS of the held-out frames, posed as their neighbours are."""
    avatar, distances = on_device(avatar, filmed.device), []
    for t in filmed.held_out:
        drawn, _, truth, _ = filmed.on_white(avatar, t, filmed.poses.corrections[t])
        distances.append(float(lpips(drawn.clamp(0, 1), truth)))
    return float(np.mean(distances))


COMPOSED = ("psnr", "scene_psnr")


def _composed(filmed: Filmed, avatar: Avatar, t: int, backdrop: Tensor) -> tuple[float, float]:
    """PSNR (dB) of the avatar over the backdrop (h,w,3) in frame t's box, and of the backdrop alone
    outside the person."""
    clip, view = filmed.clip, filmed.clip.masked(t)
    with torch.no_grad():
        rgb, alpha = filmed.render(avatar, t, filmed.poses.corrections[t], torch.zeros(3))
    over = rgb.cpu() + (1 - alpha.cpu()) * backdrop[clip.box(t).slices]
    bare = torch.from_numpy(clip.masks[t] == 0)
    image = torch.from_numpy(clip.images[t]).float() / 255
    return psnr(over.clamp(0, 1), view.image), psnr(backdrop[bare].clamp(0, 1), image[bare])


def evaluate(
    filmed: Filmed, avatar: Avatar, backdrop: Tensor, fitted_frames: int = FITTED_FRAMES
) -> dict:
    """Scores of the held-out frames: corrected like their neighbours ("held_out"); with the pose
    fitted to the test image, the avatar frozen, for `fitted_frames` of them ("held_out_fitted":
    ExAvatar's protocol); and like the former over the backdrop (h,w,3) ("held_out_composite": PSNR
    in the person's box, and of the backdrop outside the mask, which shows whether it has absorbed
    the person)."""
    frames = filmed.held_out
    avatar = on_device(avatar, filmed.device)
    between = filmed.poses.corrections
    posed = [held_out_frame(filmed, avatar, t, between[t]) for t in frames]
    composed = [_composed(filmed, avatar, t, backdrop) for t in frames]
    some = frames[:: max(1, len(frames) // fitted_frames)][:fitted_frames]
    alignment = Alignment(avatar, filmed.free, FITTED)
    fitted = [held_out_frame(filmed, avatar, t, filmed.aligned(alignment, t)) for t in some]
    return {
        "held_out": {**mean_score(posed), "frames": len(posed)},
        "held_out_fitted": {**mean_score(fitted), "frames": len(fitted)},
        "held_out_composite": {
            name: round(float(np.mean(values)), 4)
            for name, values in zip(COMPOSED, zip(*composed, strict=True), strict=True)
        },
    }
