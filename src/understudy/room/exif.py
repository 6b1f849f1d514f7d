"""What a photo's metadata says about its lens."""

from pathlib import Path

from understudy.video.image import exif_of

FULL_FRAME = 43.267  # mm, diagonal of 36 × 24 mm: what "35 mm equivalent" refers to (CIPA DCG-001)
_EXIF, _FOCAL_35, _WIDTH, _HEIGHT = 0x8769, 0xA405, 0xA002, 0xA003
_SAME_SHAPE = 0.01


def focal_px(focal_35: float, width: int, height: int) -> float:
    """A 35 mm equivalent focal length (mm) in pixels of an uncropped photo."""
    return focal_35 / FULL_FRAME * (width**2 + height**2) ** 0.5


def exif_focal(path: Path | str, width: int, height: int) -> float | None:
    """The focal length in pixels of the upright photo, if the file states its 35 mm equivalent.

    None too if the file states the size of another shape: the photo was cropped since.
    """
    stated = exif_of(path).get_ifd(_EXIF)
    focal = _number(stated.get(_FOCAL_35))
    sides = sorted(_number(stated.get(tag)) for tag in (_WIDTH, _HEIGHT))
    if not 5 <= focal <= 1000:
        return None
    if sides[0] > 0:
        shape, now = sides[1] / sides[0], max(width, height) / min(width, height)
        if abs(shape / now - 1) > _SAME_SHAPE:
            return None
    return focal_px(focal, width, height)


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return 0.0
