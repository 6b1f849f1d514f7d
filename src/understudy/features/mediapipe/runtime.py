"""MediaPipe, loaded quietly: its native log bypasses Python to stderr and says nothing useful."""

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from understudy.files import file_digest, package_folder

MODELS = {
    "pose_detection": "pose_detection/pose_detection.tflite",
    "pose_landmark": "pose_landmark/pose_landmark_full.tflite",
    "face_landmark": "face_landmark/face_landmark_with_attention.tflite",
    "hand_landmark": "hand_landmark/hand_landmark_full.tflite",
}


@cache
def load_mediapipe() -> ModuleType:
    """Import MediaPipe with its logs off and tell it where its own model files are."""
    os.environ.setdefault("GLOG_minloglevel", "3")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore", message=r"SymbolDatabase\.GetPrototype")
    with native_log_silenced():
        import mediapipe
        from mediapipe.python._framework_bindings import resource_util

        resource_util.set_resource_dir(str(Path(mediapipe.__file__).parent.parent))
    return mediapipe


@contextlib.contextmanager
def native_log_silenced() -> Iterator[None]:
    """Discard file descriptor 2, for the moment a graph starts, when TFLite is noisy.

    Python exceptions pass through and are printed by whoever catches them, after this ends.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@cache
def model_digests() -> dict[str, str]:
    """Model name -> the first 12 hex digits of its weights' SHA-256, for each file's metadata."""
    folder = package_folder("mediapipe") / "modules"
    return {name: file_digest(folder / path) for name, path in MODELS.items()}
