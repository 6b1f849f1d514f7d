"""Films of a square that goes across or down: two classes that a small recogniser can learn."""

from pathlib import Path

import cv2
import numpy as np

from understudy.recognition.lists import write_list
from understudy.recognition.selection import Clip
from understudy.recognition.settings import RecogniserSettings
from understudy.video.write import VideoWriter

LABELS = ["across", "down"]
TINY = RecogniserSettings(
    depth=18,
    width=8,
    frames=4,
    size=32,
    input="motion",
    epochs=6,
    lr=3e-3,
    dropout=0.2,
    batch=4,
    flip=0,
    zoom=1.2,
    clip_share=0.8,
)


def write_walk(path, way: str, seed: int):
    """A square that goes across or down in front of a random background."""
    rng = np.random.default_rng(seed)
    frames = np.empty((12, 104, 104, 3), np.uint8)
    frames[:] = cv2.resize(rng.integers(0, 255, (5, 5, 3), np.uint8), (104, 104))
    place, colour = rng.integers(10, 70), rng.integers(0, 255, 3)
    for t in range(12):
        x, y = (5 + 7 * t, place) if way == "across" else (place, 5 + 7 * t)
        frames[t, y : y + 20, x : x + 20] = colour
    with VideoWriter(path, 104, 104, fps=6) as video:
        video.write(frames)
    return Clip(str(path), way)


def write_lists(folder: Path) -> tuple[Path, Path]:
    """Six films per class to train on and six to test on, in `folder`; the two lists."""
    for name, count in {"train": 6, "test": 6}.items():
        seeds = range(100 * count, 101 * count) if name == "test" else range(count)
        clips = [
            write_walk(folder / f"{name}_{label}_{seed}.mp4", label, seed)
            for label in LABELS
            for seed in seeds
        ]
        write_list(folder / f"{name}.tsv", clips)
    return folder / "train.tsv", folder / "test.tsv"
