"""Images: checked, and read upright."""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from understudy.errors import UserError

SMALLEST_SIDE = 16


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
