"""What the features that are read off a clip and its keypoints share: expression and hands."""

from pathlib import Path
from typing import Any

from understudy.artifacts.origin import of_keypoints
from understudy.body.load import load_body
from understudy.features.runtime import Runtime
from understudy.observation.observed import read_observed
from understudy.observation.settings import ReadingSettings
from understudy.registry import chosen


def run_backend(
    feature: str,
    backend: str,
    video: Path | str,
    keypoints: Path | str,
    body: Path | str,
    runtime: Runtime,
    reading: ReadingSettings,
) -> tuple[Any, dict]:
    """What a feature's back-end finds in a video, and the metadata of its file.

    Raises UserError if hardly anybody is seen, or there is no such back-end.
    """
    observed, note = read_observed(keypoints, reading)
    model = load_body(body)
    found, weights = chosen(feature, backend)(video, observed, model, runtime)
    about = {"backend": backend, "body": model.model_id, "model": weights}
    return found, about | {"keypoints": of_keypoints(note)}
