"""The expression feature: the face in every frame."""

from pathlib import Path

from understudy.artifacts.expression import save_expression
from understudy.features.from_keypoints import run_backend
from understudy.features.runtime import EMBEDDED, Runtime
from understudy.observation.settings import DEFAULTS, ReadingSettings


def extract_expression(
    video: Path | str,
    keypoints: Path | str,
    body: Path | str,
    out: Path | str,
    backend: str,
    runtime: Runtime = EMBEDDED,
    reading: ReadingSettings = DEFAULTS,
) -> None:
    """Find the face's expression in every frame of a video and write expression.npz.

    reading: how the keypoints are read.
    """
    found = run_backend("expression", backend, video, keypoints, body, runtime, reading)
    save_expression(out, *found)
