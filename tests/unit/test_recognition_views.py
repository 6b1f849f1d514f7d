"""What a training clip shows of its video, against PyTorchVideo's and torchvision's transforms."""

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from scipy.stats import ks_2samp, kstest

from tests.unit.walks import LABELS
from understudy.networks import torchvision_cpu
from understudy.recognition.data import (
    ClipDataset,
    View,
    clips_for_testing,
    random_view,
    seen,
    training_clips,
    views_for_testing,
)
from understudy.recognition.evaluate import predict
from understudy.recognition.selection import Clip
from understudy.recognition.settings import RecogniserSettings

torchvision_cpu.install()

from pytorchvideo.data.clip_sampling import RandomClipSampler  # noqa: E402  (needs the line above)
from pytorchvideo.transforms import (  # noqa: E402
    Div255,
    Normalize,
    RandomShortSideScale,
    ShortSideScale,
    UniformTemporalSubsample,
)
from torchvision.transforms import Compose, RandomCrop, RandomHorizontalFlip  # noqa: E402
from torchvision.transforms.functional import (  # noqa: E402
    adjust_contrast,
    adjust_saturation,
    crop,
    hflip,
)

CHOSEN = RecogniserSettings(frames=8, size=64, zoom=1.15, clip_share=0.9)
LARGEST = 74
SCALED = [Div255(), Normalize((0.45,) * 3, (0.225,) * 3)]


def noise(frames: int, side: int) -> torch.Tensor:
    drawn = np.random.default_rng(0).integers(0, 256, (3, frames, side, side), np.uint8)
    return torch.from_numpy(drawn)


class Kept:
    """Decoded videos, by index."""

    def __init__(self, *videos: torch.Tensor):
        self.videos = videos

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.videos[index]


@pytest.mark.parametrize("frames", [32, 5], ids=["long", "short"])
@pytest.mark.parametrize("input_", ["frames", "motion"])
def test_a_view_is_what_pytorchvideo_makes_of_it(monkeypatch, frames, input_):
    video = noise(frames, LARGEST)
    view = View(0.04, 0.94, 70, 5, 2, mirrored=True)
    monkeypatch.setattr(ClipDataset, "_view", lambda *_: view)
    settings = RecogniserSettings(frames=8, size=64, zoom=1.15, input=input_)
    dataset = ClipDataset([Clip("", LABELS[0])], LABELS, Kept(video), settings, seed=0)
    shown = {32: slice(1, 31), 5: slice(0, 5)}[frames]
    expected = Compose([UniformTemporalSubsample(8), *SCALED, ShortSideScale(70)])(video[:, shown])
    expected = hflip(crop(expected, 5, 2, 64, 64))
    if input_ == "motion":
        expected = expected - expected.mean(1, keepdim=True)
    torch.testing.assert_close(dataset[[(0, 0)]][0][0], expected, rtol=0, atol=1e-5)


def corners_of_theirs(places: torch.Tensor) -> list[float]:
    transform = Compose(
        [RandomShortSideScale(64, LARGEST), RandomCrop(64), RandomHorizontalFlip(CHOSEN.flip)]
    )
    return corners(transform(places.float()))


def corners(clip: torch.Tensor) -> list[float]:
    """Where in the video the corners of the first frame are from."""
    return [float(clip[axis, 0, y, x]) for axis in (0, 1) for y in (0, -1) for x in (0, -1)]


def test_views_are_spread_as_pytorchvideos():
    """Of 1500 clips each, from where in the video their corners are, and when they start."""
    ramp = torch.arange(LARGEST, dtype=torch.uint8)[None].expand(1, LARGEST, LARGEST)
    places = torch.stack([ramp, ramp.transpose(1, 2), ramp])
    views = [random_view(CHOSEN, np.random.default_rng((1, 2, index))) for index in range(1500)]
    ours = np.array([corners(seen(places, view, 1, 64)) for view in views])
    torch.manual_seed(0)
    theirs = np.array([corners_of_theirs(places) for _ in views])
    for one, other in zip(ours.T, theirs.T, strict=True):
        assert ks_2samp(one, other).pvalue > 0.01
    assert len(np.unique(ours.round(3), axis=0)) > 400  # of about 1000 that differ
    random.seed(0)
    sampler = RandomClipSampler(Fraction(CHOSEN.clip_share))
    starts = [float(sampler(0.0, Fraction(1), {})[0]) for _ in views]
    assert ks_2samp([view.start for view in views], starts).pvalue > 0.01
    assert {round(view.end - view.start, 9) for view in views} == {0.9}


@pytest.mark.parametrize(("contrast", "saturation"), [(0.6, 1.0), (1.0, 1.5), (1.4, 0.3)])
def test_colours_change_as_torchvision_changes_one_image(contrast, saturation):
    """The clip's frames side by side, so that all of them change alike."""
    video = noise(4, 64)
    plain = seen(video, View(0, 1, 64), 4, 64)
    changed = seen(video, View(0, 1, 64, contrast=contrast, saturation=saturation), 4, 64)
    sheet = torch.cat(plain.unbind(1), -1) / 255
    expected = adjust_contrast(adjust_saturation(sheet, saturation), contrast)
    found = torch.cat(changed.unbind(1), -1) / 255
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


def test_colours_are_drawn_from_their_ranges():
    settings = replace(CHOSEN, contrast=0.4, saturation=0.5, greyscale=0.2)
    views = [random_view(settings, np.random.default_rng((5, index))) for index in range(1000)]
    contrast, saturation = (
        np.array([getattr(view, name) for view in views]) for name in ("contrast", "saturation")
    )
    assert kstest(contrast, "uniform", (0.6, 0.8)).pvalue > 0.01
    assert kstest(saturation[saturation > 0], "uniform", (0.5, 1.0)).pvalue > 0.01
    assert 0.15 < (saturation == 0).mean() < 0.25
    same = random_view(settings, np.random.default_rng((5, 3)))
    assert same == views[3]


class Remembering(torch.nn.Module):
    """A model whose scores tell how bright its clips are, and on which side."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, clips):
        side = clips[..., -1].mean((1, 2, 3)) - clips[..., 0].mean((1, 2, 3))
        return torch.stack([clips.mean((1, 2, 3, 4)), side, self.weight.expand(len(clips))], 1)


@pytest.mark.parametrize("batch", [1, 4])
def test_a_test_video_counts_by_the_mean_of_its_views(monkeypatch, batch):
    settings = replace(CHOSEN, test_spans=3, batch=batch, input="frames")
    views = views_for_testing(settings)
    assert [view.start for view in views] == pytest.approx([0, 0, 0.05, 0.05, 0.1, 0.1])
    assert [view.end for view in views] == pytest.approx([0.9, 0.9, 0.95, 0.95, 1, 1])
    assert [view.mirrored for view in views] == [False, True] * 3
    assert len(views_for_testing(replace(settings, flip=0))) == 3
    videos = [noise(32, 64), noise(32, 64).flip(1) // 2]
    monkeypatch.setattr("understudy.recognition.data.FrameStore", lambda *_: Kept(*videos))
    clips = [Clip("a", LABELS[0]), Clip("b", LABELS[1])]
    dataset = clips_for_testing(clips, LABELS, settings)
    model = Remembering()
    found = predict(model, dataset, LABELS, settings)
    for index, row in enumerate(found.probabilities):
        shares = [model(dataset[[(view, index)]][0]).softmax(1)[0] for view in range(6)]
        np.testing.assert_allclose(row, torch.stack(shares).mean(0).detach(), atol=1e-6)
    assert found.targets.tolist() == [0, 1]


def test_without_zoom_and_flip_a_clip_shows_all(monkeypatch):
    plain = RecogniserSettings(frames=8, size=64, flip=0)
    assert random_view(plain, np.random.default_rng(0)) == View(0, 1, 64)
    monkeypatch.setattr("understudy.recognition.data.FrameStore", lambda *_: Kept(noise(8, 64)))
    clips = [Clip("", LABELS[1])]
    trained, tested = (
        make(clips, LABELS, plain, *seed)[[(0, 0)]]
        for make, seed in ((training_clips, (0,)), (clips_for_testing, ()))
    )
    assert all(torch.equal(one, other) for one, other in zip(trained, tested, strict=True))
