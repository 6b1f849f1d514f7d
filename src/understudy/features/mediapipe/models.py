"""MediaPipe's networks as files: which, by digest, and where they lie.

They are data of MediaPipe's last wheel that holds them, and envs/vision.post-deploy.sh puts them
into an environment.
"""

import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from understudy.errors import UserError
from understudy.features.mediapipe.network import Network
from understudy.files import sha256

FOLDER = "UNDERSTUDY_MEDIAPIPE"  # the environment variable that names another folder
FETCH = "envs/vision.post-deploy.sh"

# Name -> file in MediaPipe's folder `modules`, and its SHA-256.
MODELS = {
    "pose_detection": (
        "pose_detection/pose_detection.tflite",
        "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    ),
    "pose_landmark": (
        "pose_landmark/pose_landmark_full.tflite",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    ),
    "face_detection": (
        "face_detection/face_detection_short_range.tflite",
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    ),
    "face_landmark": (
        "face_landmark/face_landmark_with_attention.tflite",
        "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4",
    ),
    "hand_recrop": (
        "holistic_landmark/hand_recrop.tflite",
        "67d996ce96f9d36fe17d2693022c6da93168026ab2f028f9e2365398d8ac7d5d",
    ),
    "hand_landmark": (
        "hand_landmark/hand_landmark_full.tflite",
        "11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
    ),
}


def models_folder() -> Path:
    """Where the models lie: the folder that the environment variable names, else in the
    environment of the Python that runs."""
    return Path(os.environ.get(FOLDER) or Path(sys.prefix, "share", "understudy", "mediapipe"))


def model_file(name: str) -> Path:
    """The file of a model; UserError if it is not there."""
    path = models_folder() / Path(MODELS[name][0]).name
    if not path.is_file():
        raise UserError(
            f"{path}: missing; run bash {FETCH} with this environment's Python, or let the "
            f"environment variable {FOLDER} name the models' folder"
        )
    return path


def misfits() -> dict[Path, str]:
    """Every model's file -> what is wrong with it, "" if nothing."""
    wrong = {}
    for name, (_, digest) in MODELS.items():
        try:
            path = model_file(name)
        except UserError as error:
            named, _, reason = str(error).partition(": ")
            wrong[Path(named)] = reason
            continue
        found = sha256(path)
        wrong[path] = "" if found == digest else f"SHA-256 is {found[:12]}, not {digest[:12]}"
    return wrong


@cache
def load_model(name: str) -> Network:
    """A model, read once a process."""
    return Network(model_file(name).read_bytes())


def model_digests(names: Iterable[str] = tuple(MODELS)) -> dict[str, str]:
    """Model name -> the first 12 hex digits of its SHA-256, for each file's metadata."""
    return {name: sha256(model_file(name))[:12] for name in names}
