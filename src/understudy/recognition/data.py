"""Clips for a recogniser: sampled in time, transformed as PyTorchVideo does.

Every random choice of a training clip depends on (seed, epoch, index) alone: the same with any
number of workers, and after a resume.
"""

import contextlib
import math
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import torch
from torch.utils.data import Dataset

from understudy.networks import torchvision_cpu
from understudy.recognition.decoding import FrameStore
from understudy.recognition.selection import Clip
from understudy.recognition.settings import RecogniserSettings

torchvision_cpu.install()

from pytorchvideo.data.clip_sampling import (  # noqa: E402  (needs the line above)
    ClipSampler,
    RandomClipSampler,
    UniformClipSampler,
)
from pytorchvideo.transforms import (  # noqa: E402
    Div255,
    Normalize,
    RandomShortSideScale,
    ShortSideScale,
)
from pytorchvideo.transforms.functional import uniform_temporal_subsample  # noqa: E402
from torchvision.transforms import Compose, RandomCrop, RandomHorizontalFlip  # noqa: E402

MEAN, STD = (0.45,) * 3, (0.225,) * 3  # PyTorchVideo's
GRID = 4  # a training clip is drawn from this many times as many evenly spaced frames
WHOLE = Fraction(1)  # clip samplers count time in whole videos


class ClipDataset(Dataset):
    """(epoch, index) -> (clip (3,t,s,s) float32, class index, index)."""

    def __init__(
        self,
        clips: list[Clip],
        labels: list[str],
        frames: FrameStore,
        sampler: ClipSampler,
        transform: Compose,
        length: int,
        seed: int,
    ):
        self.clips = clips
        self.targets = [labels.index(clip.label) for clip in clips]
        self.frames = frames
        self.sampler = sampler
        self.transform = transform
        self.length = length
        self.seed = seed

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, key: tuple[int, int]) -> tuple[torch.Tensor, int, int]:
        epoch, index = key
        video = self.frames[index]
        with seeded(self.seed, epoch, index):
            start, end, *_ = self.sampler(0.0, WHOLE, {})
            first = math.floor(start * video.shape[1])
            last = max(first + 1, math.ceil(end * video.shape[1]))
            clip = uniform_temporal_subsample(video[:, first:last], self.length)
            return self.transform(clip), self.targets[index], index


def training_clips(
    clips: list[Clip], labels: list[str], settings: RecogniserSettings, seed: int
) -> ClipDataset:
    """Random spans, zooms and mirrors of the videos in `clips`."""
    largest = round(settings.size * settings.zoom)
    frames = FrameStore(clips, largest, GRID * settings.frames, settings.cache_gb, "training")
    transform = Compose(
        [
            *_as_input(settings),
            RandomShortSideScale(settings.size, largest),
            RandomCrop(settings.size),
            RandomHorizontalFlip(settings.flip),
        ]
    )
    sampler = RandomClipSampler(Fraction(settings.clip_share))
    return ClipDataset(clips, labels, frames, sampler, transform, settings.frames, seed)


def clips_for_testing(
    clips: list[Clip], labels: list[str], settings: RecogniserSettings
) -> ClipDataset:
    """Whole videos, their frames evenly spaced; nothing random."""
    frames = FrameStore(clips, settings.size, settings.frames, settings.cache_gb, "test")
    transform = Compose([*_as_input(settings), ShortSideScale(settings.size)])
    sampler = UniformClipSampler(WHOLE)
    return ClipDataset(clips, labels, frames, sampler, transform, settings.frames, seed=0)


def _as_input(settings: RecogniserSettings) -> list[torch.nn.Module]:
    """From uint8 to what the network sees."""
    scaled = [Div255(), Normalize(MEAN, STD)]
    return scaled if settings.input == "frames" else [*scaled, SubtractMeanFrame()]


class SubtractMeanFrame(torch.nn.Module):
    """A clip (3,t,h,w) minus its mean over time: with a still camera, only what moves is left."""

    def forward(self, clip: torch.Tensor) -> torch.Tensor:
        return clip - clip.mean(1, keepdim=True)


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


def batches(
    targets: Sequence[int], settings: RecogniserSettings, seed: int
) -> list[list[tuple[int, int]]]:
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
