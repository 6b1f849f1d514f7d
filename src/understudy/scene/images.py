"""Background images: checked, read upright, and brought to a frame's size."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from understudy.errors import UserError
from understudy.scene.settings import RESIZES, Resize

SMALLEST_SIDE = 16


def read_background(path: Path | str, width: int, height: int, resize: Resize) -> np.ndarray:
    """The image at a frame's size, RGB uint8 (height, width, 3).

    resize "cover" keeps proportions and crops the excess evenly; "contain" keeps proportions
    and adds black bars; "stretch" keeps neither. Turned as its EXIF orientation says. Transparent
    parts are shown on white.
    """
    image, size, filtering = open_image(path), (width, height), Image.Resampling.LANCZOS
    if resize == "cover":
        image = ImageOps.fit(image, size, filtering)
    elif resize == "contain":
        image = ImageOps.pad(image, size, filtering, color=(0, 0, 0))
    elif resize == "stretch":
        image = image.resize(size, filtering)
    else:
        raise ValueError(f"resize must be one of {', '.join(RESIZES)}, not {resize}")
    return np.asarray(image, np.uint8)


def open_image(path: Path | str) -> Image.Image:
    """Decoded whole, upright, RGB. UserError if it is not an image, or a damaged one."""
    path = Path(path)
    if not path.exists():
        raise UserError(f"{path}: no such file; check the path in the table")
    if path.is_dir():
        raise UserError(f"{path}: is a folder; name an image file")
    if path.stat().st_size == 0:
        raise UserError(f"{path}: is empty (0 bytes); copy it again")
    try:
        with Image.open(path) as opened:
            opened.load()
            image = ImageOps.exif_transpose(opened)
    except UnidentifiedImageError as error:
        raise UserError(f"{path}: is not an image; give a .jpg, .png or .webp file") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path}: is a damaged image ({reason}); copy it again") from error
    if min(image.size) < SMALLEST_SIDE:
        raise UserError(
            f"{path}: is only {image.width}x{image.height} px; give a larger background"
        )
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")
