"""The hands feature: the finger joints in every frame."""

from pathlib import Path

from understudy.artifacts.hands import save_hands
from understudy.artifacts.origin import of_keypoints
from understudy.body.load import load_body
from understudy.features.runtime import EMBEDDED, Runtime
from understudy.observation.observed import read_observed
from understudy.observation.settings import DEFAULTS, ReadingSettings
from understudy.registry import chosen


def extract_hands(
    video: Path | str,
    keypoints: Path | str,
    body: Path | str,
    out: Path | str,
    backend: str = "landmarks",
    runtime: Runtime = EMBEDDED,
    reading: ReadingSettings = DEFAULTS,
) -> None:
    """Find the fingers' pose in every frame of a video and write hands.npz.

    reading: how the keypoints are read.
    """
    observed, note = read_observed(keypoints, reading)
    model = load_body(body)
    hands, weights = chosen("hands", backend)(video, observed, model, runtime)
    about = {"backend": backend, "body": model.model_id, "model": weights}
    save_hands(out, hands, about | {"keypoints": of_keypoints(note)})
