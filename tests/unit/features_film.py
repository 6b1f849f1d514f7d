"""A short film of a demo person with ground truth, for the tests of features."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Arrays, load_arrays
from understudy.demo.world import WorldSettings, make_identity
from understudy.features.mediapipe.following import Sought, follow
from understudy.features.mediapipe.holistic import Holistic
from understudy.features.mediapipe.survey import Track
from understudy.video.read import read_frames

SETTINGS = WorldSettings(width=320, height=320, fps=6, seconds=6)


@dataclass
class Film:
    """video: the file; truth: what the world knows of it."""

    video: Path
    truth: Arrays

    @classmethod
    def of(cls, folder: Path) -> "Film":
        video, truth = files_in(folder)
        return cls(video, load_arrays(truth, "truth"))

    @cached_property
    def frames(self) -> np.ndarray:
        return read_frames(self.video)

    @cached_property
    def holistic(self) -> Holistic:
        """Of the first frame, held: the person looks at the camera."""
        (person,) = follow(lambda _: self.frames[[0, 0, 0]], 3, [Sought(Track({}))], threads=1)
        return person.seen


def files_in(folder: Path) -> tuple[Path, Path]:
    """The video and its ground truth."""
    return folder / "ada.mp4", folder / "ada.truth.npz"


def make_film(folder: Path) -> None:
    folder.mkdir()
    make_identity("ada", "kitchen", *files_in(folder), SETTINGS)
