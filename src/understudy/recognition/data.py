"""Clips for a recogniser: sampled in time, scaled, cropped and mirrored as PyTorchVideo does.

Every random choice of a training clip depends on (seed, epoch, index) alone: the same with any
number of workers, and after a resume.
"""

import contextlib
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.data import Dataset

from understudy.networks import torchvision_cpu
from understudy.recognition.decoding import FrameStore
from understudy.recognition.selection import Clip
from understudy.recognition.settings import RecogniserSettings

torchvision_cpu.install()

from pytorchvideo.transforms.functional import (  # noqa: E402  (needs the line above)
    short_side_scale,
    uniform_temporal_subsample,
)
from torchvision.transforms.functional import (  # noqa: E402
    adjust_contrast,
    adjust_saturation,
)

MEAN, STD = 0.45, 0.225  # PyTorchVideo's, of every channel, where white is 1
WHITE = 255
GRID = 4  # a training clip is drawn from this many times as many evenly spaced frames

Key = tuple[int, int]
"""Of a training clip: the epoch and the video's index; of a test clip: which view, and the same."""


@dataclass(frozen=True)
class View:
    """What a clip shows of its video: from `start` to `end` (shares of its length), scaled to
    `side` px, of which a square is cut at (`top`, `left`) px; whether it is mirrored; how much
    contrast and saturation are left, 0 none, 1 the video's."""

    start: float
    end: float
    side: int
    top: int = 0
    left: int = 0
    mirrored: bool = False
    contrast: float = 1.0
    saturation: float = 1.0


class ClipDataset(Dataset):
    """A batch's keys -> (clips (b,3,t,s,s) float32, class indices (b,), video indices (b,)).

    Batches are made as a whole: what is the same for all clips is done once for all.
    """

    def __init__(
        self,
        clips: list[Clip],
        labels: list[str],
        frames: FrameStore,
        settings: RecogniserSettings,
        seed: int | None,
    ):
        """`seed`: of the clips' random views; None: they show `views_for_testing`."""
        self.clips = clips
        self.targets = [labels.index(clip.label) for clip in clips]
        self.frames = frames
        self.settings = settings
        self.seed = seed

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, keys: Sequence[Key]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        settings = self.settings
        batch = torch.empty(len(keys), 3, settings.frames, settings.size, settings.size)
        for clip, (epoch, index) in zip(batch, keys, strict=True):
            view = self._view(epoch, index)
            clip.copy_(seen(self.frames[index], view, settings.frames, settings.size))
        batch.sub_(WHITE * MEAN).div_(WHITE * STD)
        if settings.input == "motion":
            subtract_mean_frame(batch)
        indices = torch.tensor([index for _, index in keys])
        return batch, torch.tensor(self.targets)[indices], indices

    def _view(self, epoch: int, index: int) -> View:
        if self.seed is None:
            return views_for_testing(self.settings)[epoch]
        return random_view(self.settings, np.random.default_rng((self.seed, epoch, index)))


def training_clips(
    clips: list[Clip], labels: list[str], settings: RecogniserSettings, seed: int
) -> ClipDataset:
    """Random spans, zooms and mirrors of the videos in `clips`."""
    most = GRID * settings.frames
    frames = FrameStore(clips, largest(settings), most, settings.cache_gb, "training")
    return ClipDataset(clips, labels, frames, settings, seed)


def clips_for_testing(
    clips: list[Clip], labels: list[str], settings: RecogniserSettings
) -> ClipDataset:
    """Each of `views_for_testing` of the videos, their frames evenly spaced; nothing random."""
    most = settings.frames * (GRID if settings.test_spans else 1)
    frames = FrameStore(clips, settings.size, most, settings.cache_gb, "test")
    return ClipDataset(clips, labels, frames, settings, seed=None)


def views_for_testing(settings: RecogniserSettings) -> list[View]:
    """The whole video; or `test_spans` spans of it, the first from its start and the last to its
    end, and the same mirrored where training clips are, too."""
    size, share = settings.size, settings.clip_share
    if not settings.test_spans:
        return [View(0, 1, size)]
    starts = np.linspace(0, 1 - share, settings.test_spans).tolist()
    mirrors = (False, True) if settings.flip else (False,)
    return [View(start, start + share, size, mirrored=m) for start in starts for m in mirrors]


def largest(settings: RecogniserSettings) -> int:
    """The side, px, to which training frames are enlarged at most."""
    return round(settings.size * settings.zoom)


def random_view(settings: RecogniserSettings, rng: np.random.Generator) -> View:
    """As PyTorchVideo's RandomClipSampler and RandomShortSideScale and torchvision's RandomCrop,
    RandomHorizontalFlip, ColorJitter and RandomGrayscale draw, one after the other."""
    start = rng.uniform(0, 1 - settings.clip_share)
    side = int(rng.integers(settings.size, largest(settings), endpoint=True))
    top, left = rng.integers(0, side - settings.size, 2, endpoint=True).tolist()
    mirrored = bool(rng.random() < settings.flip)
    contrast, saturation = (
        rng.uniform(1 - most, 1 + most) for most in (settings.contrast, settings.saturation)
    )
    grey = rng.random() < settings.greyscale
    end = start + settings.clip_share
    return View(start, end, side, top, left, mirrored, contrast, 0.0 if grey else saturation)


def seen(video: torch.Tensor, view: View, frames: int, size: int) -> torch.Tensor:
    """A video (3,m,h,h) uint8 in a view: (3,frames,size,size) float32, 0 to 255."""
    first = math.floor(view.start * video.shape[1])
    last = max(first + 1, math.ceil(view.end * video.shape[1]))
    clip = uniform_temporal_subsample(video[:, first:last], frames).float()
    clip = short_side_scale(clip, view.side)
    clip = clip[..., view.top : view.top + size, view.left : view.left + size]
    clip = clip.flip(-1) if view.mirrored else clip
    return clip if view.contrast == view.saturation == 1 else recoloured(clip, view)


def recoloured(clip: torch.Tensor, view: View) -> torch.Tensor:
    """A clip (3,t,h,w), 0 to 255, with a view's contrast and saturation: the same in all frames,
    as if they were one image."""
    image = clip.flatten(1, 2) / WHITE
    image = adjust_contrast(adjust_saturation(image, view.saturation), view.contrast)
    return (image * WHITE).view_as(clip)


def subtract_mean_frame(clips: torch.Tensor) -> None:
    """Clips (b,3,t,h,w) lose their mean over time, in place: with a still camera, only what moves
    is left."""
    clips -= clips.mean(2, keepdim=True)


@contextlib.contextmanager
def seeded(*key: int) -> Iterator[None]:
    """Seed `random` and torch with `key`, and restore both afterwards."""
    seed = int(np.random.SeedSequence(key).generate_state(1, np.uint64)[0] >> np.uint64(1))
    state = random.getstate()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        random.seed(seed)
        try:
            yield
        finally:
            random.setstate(state)


def batches(targets: Sequence[int], settings: RecogniserSettings, seed: int) -> list[list[Key]]:
    """All batches of a training on videos of the classes `targets`, epoch by epoch: lists of
    (epoch, index), shuffled by `seed`."""
    count = len(targets)
    in_epoch = math.ceil(count / settings.batch)
    steps = settings.steps or settings.epochs * in_epoch
    order = []
    for epoch in range(math.ceil(steps / in_epoch)):
        with seeded(seed, epoch):
            indices = _balanced(targets) if settings.balanced else torch.randperm(count).tolist()
        keys = [(epoch, index) for index in indices]
        order += [keys[i : i + settings.batch] for i in range(0, count, settings.batch)]
    return order[:steps]


def _balanced(targets: Sequence[int]) -> list[int]:
    """As many indices as there are targets, every class equally often (or once more): a class's
    videos one after the other in random order, and again where it has few."""
    classes = torch.tensor(targets)
    present = classes.unique()[torch.randperm(len(classes.unique()))].tolist()
    drawn: list[int] = []
    for place, label in enumerate(present):
        own = torch.nonzero(classes == label)[:, 0]
        share = len(targets) // len(present) + (place < len(targets) % len(present))
        rounds = [own[torch.randperm(len(own))] for _ in range(-(-share // len(own)))]
        drawn += torch.cat(rounds)[:share].tolist() if share else []
    return [drawn[place] for place in torch.randperm(len(drawn)).tolist()]
