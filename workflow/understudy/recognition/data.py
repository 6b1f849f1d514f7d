"""Clips for a recogniser: decode with decord, sample in time, transform as PyTorchVideo does.

Frames are resized to a square while they are decoded (the paper resizes to 224 × 224). Every
random choice of a training clip depends on (seed, epoch, index) alone: the same with any number
of workers, and after a resume.
"""

import contextlib
import math
import random
from collections.abc import Iterator
from fractions import Fraction

import decord
import numpy as np
import torch
from torch.nn.functional import interpolate
from torch.utils.data import Dataset

from understudy import torchvision_cpu
from understudy.errors import UserError
from understudy.progress import progress
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
DECORD_MIN_SIDE = 96  # decord 0.6.0 misreads the padded rows of narrower frames
WHOLE = Fraction(1)  # clip samplers count time in whole videos


class ClipDataset(Dataset):
    """(epoch, index) -> (clip (3,t,s,s) float32, class index, index)."""

    def __init__(
        self,
        clips: list[Clip],
        labels: list[str],
        frames: "FrameStore",
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
    """Each video whole, its frames evenly spaced; nothing random."""
    frames = FrameStore(clips, settings.size, settings.frames, settings.cache_gb, "test")
    transform = Compose([*_as_input(settings), ShortSideScale(settings.size)])
    sampler = UniformClipSampler(WHOLE)
    return ClipDataset(clips, labels, frames, sampler, transform, settings.frames, seed=0)


def _as_input(settings: RecogniserSettings) -> list[torch.nn.Module]:
    """From uint8 to what the network sees."""
    scaled = [Div255(), Normalize(MEAN, STD)]
    return scaled if settings.input == "frames" else [*scaled, SubtractMeanFrame()]


class SubtractMeanFrame(torch.nn.Module):
    """A clip (3,t,h,w) less its mean over time: with a still camera, only what moves is left."""

    def forward(self, clip: torch.Tensor) -> torch.Tensor:
        return clip - clip.mean(1, keepdim=True)


class FrameStore:
    """Small videos: index -> (3,m,s,s) uint8, m ≤ `most` evenly spaced frames.

    Each video is decoded once and kept where all of them fit in `cache_gb`, and again at each
    use where they do not.
    """

    def __init__(self, clips: list[Clip], side: int, most: int, cache_gb: float, title: str):
        self.paths = [clip.path for clip in clips]
        self.side = side
        self.most = most
        self.cache: list[torch.Tensor] | None = None
        if len(clips) * most * 3 * side**2 <= cache_gb * 1e9:
            paths = progress(self.paths, f"decoding {title} videos", unit="video")
            self.cache = [decode(path, side, most) for path in paths]

    def __getitem__(self, index: int) -> torch.Tensor:
        if self.cache is not None:
            return self.cache[index]
        return decode(self.paths[index], self.side, self.most)


def decode(path: str, side: int, most: int) -> torch.Tensor:
    """At most `most` evenly spaced frames of a video, resized: (3,m,side,side) uint8.

    Raises UserError for a video that cannot be read.
    """
    decoded = max(side, DECORD_MIN_SIDE)
    try:
        reader = decord.VideoReader(str(path), width=decoded, height=decoded, num_threads=1)
        count = min(len(reader), most)
        indices = np.linspace(0, len(reader) - 1, count).round().astype(int)
        frames = reader.get_batch(indices).asnumpy()
    except (decord.DECORDError, RuntimeError, OSError, ValueError) as error:
        raise UserError(
            f"{path}: the recogniser cannot read this video; delete it and rerun"
        ) from error
    video = torch.from_numpy(frames).permute(0, 3, 1, 2)
    if side < decoded:
        video = interpolate(video.float(), (side, side), mode="bilinear", antialias=True)
        video = video.round().byte()
    return video.transpose(0, 1).contiguous()


@contextlib.contextmanager
def seeded(*key: int) -> Iterator[None]:
    """Seed `random` and torch with `key`, and put both back as they were afterwards."""
    seed = int(np.random.SeedSequence(key).generate_state(1, np.uint64)[0] >> np.uint64(1))
    state = random.getstate()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        random.seed(seed)
        try:
            yield
        finally:
            random.setstate(state)


def batches(count: int, settings: RecogniserSettings, seed: int) -> list[list[tuple[int, int]]]:
    """All batches of a training, epoch by epoch: lists of (epoch, index), shuffled by `seed`."""
    order = []
    for epoch in range(settings.epochs):
        with seeded(seed, epoch):
            indices = torch.randperm(count).tolist()
        keys = [(epoch, index) for index in indices]
        order += [keys[i : i + settings.batch] for i in range(0, count, settings.batch)]
    return order
