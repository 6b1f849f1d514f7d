"""The hands feature: the finger joints in every frame."""

from pathlib import Path

from understudy.artifacts.hands import save_hands
from understudy.features.from_keypoints import run_backend
from understudy.features.runtime import EMBEDDED, Runtime
from understudy.observation.settings import DEFAULTS, ReadingSettings


def extract_hands(
    video: Path | str,
    keypoints: Path | str,
    body: Path | str,
    out: Path | str,
    backend: str,
    runtime: Runtime = EMBEDDED,
    reading: ReadingSettings = DEFAULTS,
) -> None:
    """Find the fingers' pose in every frame of a video and write hands.npz.

    reading: how the keypoints are read.
    """
    found = run_backend("hands", backend, video, keypoints, body, runtime, reading)
    save_hands(out, *found)
