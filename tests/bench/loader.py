"""What loading costs a training step: ResNet-50, 4 clips of 16 frames of 224² px, on the CPU."""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from understudy.recognition.data import ClipDataset, batches, training_clips
from understudy.recognition.models import Recogniser
from understudy.recognition.selection import Clip
from understudy.recognition.settings import RecogniserSettings
from understudy.recognition.state import TrainingState
from understudy.recognition.train import _step, training_loader
from understudy.video.write import VideoWriter

# The cache holds nothing: every clip is decoded when needed, as with a list of thousands.
SETTINGS = RecogniserSettings(cache_gb=0.0)
WIDTH, HEIGHT, FPS, SECONDS = 640, 480, 25, 4
STEPS = 4


def loader_ratio() -> float:
    """Median step with its batch loaded, over the median bare step on a ready batch; the two
    kinds alternate, after one of each that is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        clips = _clips(Path(folder))
        loader = training_loader(
            clips,
            batches([0] * len(clips), SETTINGS, seed=0)[: STEPS + 1],
            SETTINGS,
            torch.device("cpu"),
        )
        torch.manual_seed(0)
        model = Recogniser(SETTINGS, 2)
        state = TrainingState("loader", model, torch.optim.Adam(model.parameters(), SETTINGS.lr))
        loaded, bare = [], []
        counts = torch.ones(SETTINGS.batch), torch.zeros(SETTINGS.batch)
        iterator = iter(loader)
        for _ in range(STEPS + 1):
            started = time.perf_counter()
            clip, target, _ = next(iterator)
            _step(state, SETTINGS.lr, clip, target, *counts, mixed=False)
            loaded.append(time.perf_counter() - started)
            started = time.perf_counter()
            _step(state, SETTINGS.lr, clip, target, *counts, mixed=False)
            bare.append(time.perf_counter() - started)
    return statistics.median(loaded[1:]) / statistics.median(bare[1:])


def _clips(folder: Path) -> ClipDataset:
    """Videos of the demo's kind: a still room, noise, something that moves."""
    rng = np.random.default_rng(0)
    clips = []
    for number in range(SETTINGS.batch * (STEPS + 1)):
        path = folder / f"{number}.mp4"
        room = np.kron(rng.integers(30, 220, (12, 16, 3)), np.ones((40, 40, 1)))
        with VideoWriter(path, WIDTH, HEIGHT, FPS) as video:
            for t in range(FPS * SECONDS):
                frame = room + rng.normal(0, 2, room.shape)
                frame[100:400, 100 + 3 * t : 180 + 3 * t] = (200, 120, 60)
                video.write(frame.clip(0, 255).astype(np.uint8)[None])
        clips.append(Clip(str(path), "ab"[number % 2]))
    return training_clips(clips, ["a", "b"], SETTINGS, seed=0)
