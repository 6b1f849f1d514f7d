"""Who is in a photo that should show nobody."""

import sys
from pathlib import Path

import numpy as np

from understudy.artifacts.people import SHOWS_SOMEBODY, People, save_people
from understudy.features.mediapipe.detectors import overlap
from understudy.features.mediapipe.models import model_digests
from understudy.features.mediapipe.people import find_people
from understudy.files import file_digest
from understudy.video.image import open_image

_MODELS = ("pose_detection", "pose_landmark")
_SAME = 0.3  # overlap of the boxes of one person in a photo and in its mirror image


def find_bystanders(image: Path | str, out: Path | str) -> None:
    """Write who is in the photo `image` to `out`, a people.json. Raises UserError if the image or
    the models cannot be read."""
    boxes = boxes_of_people(np.asarray(open_image(image)))
    if len(boxes):
        print(f"warning: {image}: {SHOWS_SOMEBODY}", file=sys.stderr)
    save_people(
        out,
        People(
            boxes=boxes.round(1).tolist(),
            picture=Path(image).name,
            digest=file_digest(image),
            model=model_digests(_MODELS),
        ),
    )


def boxes_of_people(picture: np.ndarray) -> np.ndarray:
    """(k,4) x0, y0, x1, y1 px of those who are found in a picture (h,w,3) uint8 RGB and in its
    mirror image as well: a chair that looks like somebody rarely does from both sides."""
    boxes = _boxes(picture)
    if not len(boxes):
        return boxes
    left, top, right, bottom = _boxes(np.ascontiguousarray(picture[:, ::-1])).T
    width = picture.shape[1]
    again = np.stack([width - right, top, width - left, bottom], 1)
    return boxes[[bool((overlap(box, again) > _SAME).any()) for box in boxes]]


def _boxes(picture: np.ndarray) -> np.ndarray:
    people = np.array([body.continuous[:, :2] for body in find_people(picture)])
    if not len(people):
        return np.empty((0, 4))
    return np.concatenate([people.min(1), people.max(1)], 1)
