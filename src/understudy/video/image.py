"""Images: what they are found out, then read upright, in sRGB, with 8 bits."""

import functools
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from understudy.errors import UserError
from understudy.video.image_colours import in_srgb
from understudy.video.image_kinds import (
    is_heif,
    refuse_other_files,
    refuse_other_pictures,
    unreadable,
)

SMALLEST_SIDE = 16
READ_WHOLE = 50_000_000  # px; a larger picture is reduced to this: no video has a tenth of it
MOST_PIXELS = 500_000_000  # 1.5 GB in memory


def open_image(path: Path | str) -> Image.Image:
    """Decoded whole, upright, RGB with 8 bits a channel, in sRGB; transparent parts on white. More
    than READ_WHOLE pixels are reduced to that.

    UserError if it is not an image, a damaged one, or one whose colours or shape are no photo's
    (`image_kinds`, `image_colours`).
    """
    path = Path(path)
    with _opened(path) as opened:
        refuse_other_pictures(opened, path)
        opened.draft(None, _reduced_size(opened))  # JPEG decodes at a half, quarter or eighth
        opened.load()
        picture = in_srgb(opened, path)
        turned = opened.getexif().get(_ORIENTATION)
    picture = picture.resize(_reduced_size(picture), Image.Resampling.BOX)
    if turned in _TURNS:
        picture = picture.transpose(_TURNS[turned])
    if min(picture.size) < SMALLEST_SIDE:
        raise UserError(
            f"{path}: is only {picture.width}x{picture.height} px; give a larger background"
        )
    return picture


def exif_of(path: Path | str) -> Image.Exif:
    """An image's EXIF data, empty if there are none. UserError as `open_image`."""
    with _opened(Path(path)) as opened:
        return opened.getexif()


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The image, not yet decoded. UserError, then and while it is used, for what cannot be read."""
    if not path.exists():
        raise UserError(f"{path}: no such file; check the path in the table")
    if path.is_dir():
        raise UserError(f"{path}: is a folder; name an image file")
    if path.stat().st_size == 0:
        raise UserError(f"{path}: is empty (0 bytes); copy it again")
    try:
        refuse_other_files(path)
        if is_heif(path):
            _read_heif()
        with _of_any_size(), Image.open(path) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise UserError(
                    f"{path}: is {opened.width}x{opened.height} px, which takes too much memory; "
                    "make it smaller, 8000 px wide or less"
                )
            yield opened
    except UnidentifiedImageError as error:
        raise UserError(f"{path}: {unreadable(path)}") from error
    except _DAMAGED as error:
        if isinstance(error, OSError) and error.errno:
            raise UserError(
                f"{path}: cannot be read ({error.strerror}); check its rights"
            ) from error
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path}: is a damaged image ({reason}); copy it again") from error


_DAMAGED = (  # what Pillow raises on files that are not as their format says
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, RuntimeError, EOFError),
    struct.error,
)
_ORIENTATION = 0x0112
_TURNS = {  # EXIF's orientation -> what makes the picture upright (Exif 3.0, tag 0x0112)
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _reduced_size(image: Image.Image) -> tuple[int, int]:
    scale = min(1.0, (READ_WHOLE / (image.width * image.height)) ** 0.5)
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


@contextmanager
def _of_any_size() -> Iterator[None]:
    """Pillow takes more than 179 megapixels for an attack; here they are the user's own."""
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = limit


@functools.cache
def _read_heif() -> None:
    """Let Pillow read HEIC, as phones write it."""
    import pi_heif

    pi_heif.register_heif_opener()
