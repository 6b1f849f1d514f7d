"""Who is in a photo that should show nobody."""

from pathlib import Path

import numpy as np

from understudy.artifacts.people import People, save_people
from understudy.features.mediapipe.models import model_digests
from understudy.features.mediapipe.people import find_people
from understudy.files import file_digest
from understudy.video.image import open_image

_MODELS = ("pose_detection", "pose_landmark")


def find_bystanders(image: Path | str, out: Path | str) -> None:
    """Write who is in the photo `image` to `out`, a people.json. Raises UserError if the image or
    the models cannot be read."""
    people = find_people(np.asarray(open_image(image)))[..., :2]
    boxes = np.concatenate([people.min(1), people.max(1)], 1)
    save_people(
        out,
        People(
            boxes=boxes.round(1).tolist(),
            picture=Path(image).name,
            digest=file_digest(image),
            model=model_digests(_MODELS),
        ),
    )
