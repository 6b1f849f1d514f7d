"""How well an avatar shows what it was never trained on."""

from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor

from understudy.avatar.alignment import Alignment
from understudy.avatar.device import on_device
from understudy.avatar.model import Avatar
from understudy.avatar.perceptual import Lpips
from understudy.avatar.settings import AlignSettings
from understudy.avatar.similarity import ssim
from understudy.avatar.training import Training

# A pose is fitted to a test image from far off, and freely.
FITTED = AlignSettings(blurs=(3.0, 2.0, 1.5, *[1.0] * 5), turn_trust=0.2, transl_trust=0.1)
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
    return rgb.cpu(), alpha.cpu(), view.image * view.mask + 1 - view.mask, view.mask


def held_out_frame(training: Training, avatar: Avatar, t: int, correction: Tensor) -> Score:
    """The score of `held_out_pictures`."""
    return score(*held_out_pictures(training, avatar, t, correction))


def held_out_distance(training: Training, avatar: Avatar, lpips: Lpips) -> float:
    """Mean LPIPS of the held-out frames, posed as their neighbours are."""
    avatar, distances = on_device(avatar, training.device), []
    for t in training.held_out:
        drawn, _, truth, _ = held_out_pictures(training, avatar, t, training.poses.corrections[t])
        distances.append(float(lpips(drawn.clamp(0, 1), truth)))
    return float(np.mean(distances))


COMPOSED = ("psnr", "scene_psnr")


def _composed(training: Training, avatar: Avatar, t: int, backdrop: Tensor) -> tuple[float, float]:
    """PSNR (dB) of the avatar over the backdrop (h,w,3) in frame t's box, and of the backdrop alone
    where the person is not."""
    clip, view = training.clip, training.clip.view(t)
    with torch.no_grad():
        rgb, alpha = training.render(avatar, t, training.poses.corrections[t], torch.zeros(3))
    over = rgb.cpu() + (1 - alpha.cpu()) * backdrop[clip.boxes[t].slices]
    bare = torch.from_numpy(clip.masks[t] == 0)
    image = torch.from_numpy(clip.images[t]).float() / 255
    return psnr(over.clamp(0, 1), view.image), psnr(backdrop[bare].clamp(0, 1), image[bare])


def evaluate(training: Training, avatar: Avatar) -> dict:
    """Scores of the held-out frames: corrected as their neighbours are ("held_out"); with the pose
    fitted to the test image, the avatar frozen, for some of them ("held_out_fitted": ExAvatar's
    protocol); and as the former before the scene ("held_out_composite": PSNR in the person's box,
    and of the scene outside the mask, which tells whether it has taken the person in)."""
    settings, frames = training.settings, training.held_out
    avatar = on_device(avatar, training.device)
    between = training.poses.corrections
    posed = [held_out_frame(training, avatar, t, between[t]) for t in frames]
    backdrop = training.backdrop()
    composed = [_composed(training, avatar, t, backdrop) for t in frames]
    some = frames[:: max(1, len(frames) // settings.fitted_frames)][: settings.fitted_frames]
    alignment = Alignment(avatar, training.free, FITTED)
    fitted = [held_out_frame(training, avatar, t, training.aligned(alignment, t)) for t in some]
    return {
        "held_out": {**mean_score(posed), "frames": len(posed)},
        "held_out_fitted": {**mean_score(fitted), "frames": len(fitted)},
        "held_out_composite": {
            name: round(float(np.mean(values)), 4)
            for name, values in zip(COMPOSED, zip(*composed, strict=True), strict=True)
        },
    }
