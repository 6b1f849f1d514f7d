"""How well an avatar shows what it was never trained on."""

from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor

from understudy.avatar.alignment import Alignment
from understudy.avatar.losses import ssim
from understudy.avatar.model import Avatar
from understudy.avatar.perceptual import Lpips
from understudy.avatar.settings import AlignSettings
from understudy.avatar.training import Training

# A pose is fitted to a test image from far off, and freely.
FITTED = AlignSettings(blurs=(2.0, 1.5, 1.0, 1.0), turn_trust=0.2, transl_trust=0.1)
WHITE = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Score:
    """A render against the truth on white, in the person's box. psnr and person_psnr in dB, the
    latter over the pixels that both masks hold; iou of the masks; ssim."""

    psnr: float
    person_psnr: float
    iou: float
    ssim: float


def psnr(a: Tensor, b: Tensor) -> float:
    """Peak signal-to-noise ratio (dB) of values in [0,1]."""
    return float(-10 * torch.log10((a - b).square().mean().clamp(min=1e-10)))


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
    """The mean of each figure, rounded."""
    rows = [asdict(one) for one in scores]
    return {name: round(float(np.mean([row[name] for row in rows])), 4) for name in rows[0]}


def held_out_pictures(
    training: Training, avatar: Avatar, t: int, correction: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Frame t of the clip, drawn with a correction (23,3) of its fitted pose, and the truth, as
    `score` takes them."""
    view = training.clip.view(t)
    with torch.no_grad():
        rgb, alpha = training.render(avatar, t, correction, torch.tensor(WHITE))
    return rgb, alpha, view.image * view.mask + 1 - view.mask, view.mask


def held_out_frame(training: Training, avatar: Avatar, t: int, correction: Tensor) -> Score:
    """The score of `held_out_pictures`."""
    return score(*held_out_pictures(training, avatar, t, correction))


def held_out_distance(training: Training, avatar: Avatar, lpips: Lpips) -> float:
    """Mean LPIPS of the held-out frames, posed as their neighbours are."""
    distances = []
    for t in training.held_out:
        drawn, _, truth, _ = held_out_pictures(training, avatar, t, training.poses.corrections[t])
        distances.append(float(lpips(drawn.clamp(0, 1), truth)))
    return float(np.mean(distances))


def evaluate(training: Training, avatar: Avatar) -> dict:
    """Scores of the held-out frames: corrected as their neighbours are ("held_out"), and, for some
    of them, with the pose fitted to the test image, the avatar frozen ("held_out_fitted":
    ExAvatar's protocol)."""
    settings, frames = training.settings, training.held_out
    between = training.poses.corrections
    posed = [held_out_frame(training, avatar, t, between[t]) for t in frames]
    some = frames[:: max(1, len(frames) // settings.fitted_frames)][: settings.fitted_frames]
    alignment = Alignment(avatar, training.free, FITTED)
    fitted = [held_out_frame(training, avatar, t, training.aligned(alignment, t)) for t in some]
    return {
        "held_out": {**mean_score(posed), "frames": len(posed)},
        "held_out_fitted": {**mean_score(fitted), "frames": len(fitted)},
    }
