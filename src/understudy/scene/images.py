"""Background images brought to a frame's size."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from understudy.scene.settings import RESIZES, Resize
from understudy.video.image import open_image


def read_background(path: Path | str, width: int, height: int, resize: Resize) -> np.ndarray:
    """The image at a frame's size, RGB uint8 (height, width, 3); turned as its EXIF orientation
    says. Transparent parts are shown on white."""
    return in_frame(open_image(path), width, height, resize)


def in_frame(image: Image.Image, width: int, height: int, resize: Resize) -> np.ndarray:
    """An image at a frame's size, RGB uint8 (height, width, 3).

    resize "cover" keeps proportions and crops the excess evenly; "contain" keeps proportions
    and adds black bars; "stretch" keeps neither.
    """
    size, filtering = (width, height), Image.Resampling.LANCZOS
    if resize == "cover":
        image = ImageOps.fit(image, size, filtering)
    elif resize == "contain":
        image = ImageOps.pad(image, size, filtering, color=(0, 0, 0))
    elif resize == "stretch":
        image = image.resize(size, filtering)
    else:
        raise ValueError(f"resize must be one of {', '.join(RESIZES)}, not {resize}")
    return np.asarray(image, np.uint8)
