"""What the table of backgrounds says of a photo, which overrules what is found in it."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from understudy.errors import UserError
from understudy.video.image import open_image

_SAME_SHAPE = 0.01


@dataclass(frozen=True)
class Told:
    """The columns of its row; None: nothing. focal: 35 mm equivalent of the uncropped photo, mm;
    camera_height: m; horizon: where it crosses the photo's middle, from 0 at the upper edge to 1 at
    the lower one; floor: "yes", "no", or a mask file."""

    focal: float | None = None
    camera_height: float | None = None
    horizon: float | None = None
    floor: str | None = None

    @property
    def mask(self) -> str | None:
        """The mask file."""
        return None if self.floor in (None, "yes", "no") else self.floor


def read_mask(path: Path | str, size: tuple[int, int], shown: tuple[int, int]) -> np.ndarray:
    """A mask image as bool of `size` (h,w), true where it is rather white.

    Raises UserError if it cannot be read, or is not of the shape of the photo, `shown` (h,w).
    """
    image = open_image(path).convert("L")
    if abs(image.width / image.height / (shown[1] / shown[0]) - 1) > _SAME_SHAPE:
        raise UserError(
            f"{path}: is {image.width}x{image.height} px, but its photo is {shown[1]}x{shown[0]}; "
            "give a mask of the photo's size"
        )
    small = cv2.resize(np.asarray(image), size[::-1], interpolation=cv2.INTER_AREA)
    return small > 127
