"""What an image file is, if it is not the plain picture that a background has to be."""

from pathlib import Path

from PIL import Image

from understudy.errors import UserError

_AS_JPEG = "save it as JPEG or PNG"
_RAW = ("a camera's raw file", "develop it and save it as JPEG")
_VIDEO = ("a video", "save one of its frames as JPEG or PNG")
_LAYERS = ("an image editor's own file", "export it as JPEG or PNG")
_PAGE = ("a web page or drawing, not a photo", "download the image itself")
# Offset, bytes, what it is, what to do.
_OTHERS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xff\x0a", "JPEG XL", _AS_JPEG),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL", _AS_JPEG),
    (0, b"v/1\x01", "an OpenEXR image, of light without limits", f"tone-map it and {_AS_JPEG}"),
    (0, b"#?RADIANCE", "a Radiance image, of light without limits", f"tone-map it and {_AS_JPEG}"),
    (0, b"#?RGBE", "a Radiance image, of light without limits", f"tone-map it and {_AS_JPEG}"),
    (0, b"%PDF", "a PDF", "export its picture as JPEG or PNG"),
    (0, b"version https://git-lfs", "a pointer of Git LFS, not the image", "run git lfs pull"),
    (0, b"<", *_PAGE),
    (0, b"\xef\xbb\xbf<", *_PAGE),
    (0, b"FUJIFILMCCD-RAW", *_RAW),
    (0, b"FOVb", *_RAW),
    (0, b"IIU\0", *_RAW),
    (0, b"IIRO", *_RAW),
    (0, b"IIRS", *_RAW),
    (0, b"MMOR", *_RAW),
    (8, b"CR\x02", *_RAW),
    (4, b"ftypcrx", *_RAW),
    (0, b"\x1aE\xdf\xa3", *_VIDEO),
    (8, b"AVI ", *_VIDEO),
    (0, b"8BPS", *_LAYERS),
    (0, b"gimp xcf", *_LAYERS),
    (0, b"PK\x03\x04", "an archive or a document", "give the image itself, as JPEG or PNG"),
    (0, b"%!PS", "PostScript", "export its picture as JPEG or PNG"),
)
# Raw files that look like TIFF: Pillow would show their thumbnails.
_RAW_SUFFIXES = {".dng", ".nef", ".nrw", ".arw", ".sr2", ".pef", ".3fr", ".iiq", ".kdc", ".dcr"}
_DNG_VERSION = 50706
_AVIF = (b"avif", b"avis")
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_HEAD = 32
_MOVING = ("GIF", "PNG", "WEBP", "AVIF")


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD)


def is_heif(path: Path) -> bool:
    """Whether a file is HEIC or its like, whatever its name; AVIF is not meant."""
    head = _head(path)
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF and b"avif" not in head


def unreadable(path: Path) -> str:
    """What a file is that Pillow cannot tell, and what to do."""
    head = _head(path)
    if head[4:8] == b"ftyp":  # HEIC and AVIF are told by what stands at their end
        return "is a damaged image (cut short?); copy it again"
    if head[:4] in (b"II*\0", b"MM\0*"):
        return (
            "is a TIFF that cannot be read (cut short, or of floating-point numbers?); copy it "
            "again, or save it as PNG"
        )
    return "is not an image; give a .jpg, .png, .webp, .heic, .avif or .tif file"


def refuse_other_files(path: Path) -> None:
    """Raises UserError for a file that is known to be something else, by its first bytes."""
    head = _head(path)
    for offset, sign, what, to_do in _OTHERS:
        if head[offset:].startswith(sign):
            raise UserError(f"{path}: is {what}; {to_do}")
    if head[4:8] == b"ftyp" and head[8:12] not in (*_HEIF, *_AVIF):
        what, to_do = _VIDEO
        raise UserError(f"{path}: is {what}; {to_do}")
    if path.suffix.lower() in _RAW_SUFFIXES:
        what, to_do = _RAW
        raise UserError(f"{path}: is {what}; {to_do}")


def refuse_other_pictures(opened: Image.Image, path: Path) -> None:
    """Raises UserError for an image, not yet decoded, that is no single plain photo."""
    if opened.format in _MOVING and getattr(opened, "is_animated", False):
        raise UserError(f"{path}: is animated; save one of its pictures as PNG")
    if _DNG_VERSION in getattr(opened, "tag_v2", {}):
        what, to_do = _RAW
        raise UserError(f"{path}: is {what}; {to_do}")
    if _is_sphere(opened):
        raise UserError(
            f"{path}: is a 360° panorama, whose straight lines are bent; export a flat view of it, "
            "as a camera would see it"
        )


def _is_sphere(opened: Image.Image) -> bool:
    """By Google's photo sphere metadata, which 360° cameras write."""
    for key in ("xmp", "XML:com.adobe.xmp"):
        told = opened.info.get(key) or ""
        text = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        if "GPano:ProjectionType" in text and "equirectangular" in text:
            return True
    return False
