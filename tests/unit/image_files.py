"""Kinds of image files as people have them: how each is made, and what it shows."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tests.unit import image_profiles as icc
from tests.unit.image_making import (
    ALPHA,
    GREY,
    GREY_ON_WHITE,
    GREY_RGB,
    LOSSLESS,
    LOSSY,
    ON_WHITE,
    RGB,
    SIXTEEN,
    cut,
    exif,
    levels,
    of_mode,
    opencv,
    patched,
    png,
    png_file,
    put,
    saved,
    turned,
    white_is_zero,
)


@dataclass(frozen=True)
class Kind:
    """A kind of file. make: writes it into a folder; shows: what an upright reader sees, (h,w,3)
    uint8, or what the user is told; off: by how many grey levels a pixel may differ, on average."""

    name: str
    make: Callable[[Path], Path]
    shows: np.ndarray | str
    off: float = LOSSLESS


def _corners() -> np.ndarray:
    """(2,2,2,2,3) L, a, b of mixes of full inks; those with black are black."""
    ink = np.stack(np.meshgrid(*[[0, 1]] * 4, indexing="ij"), -1).astype(float)
    c, m, y, k = np.moveaxis(ink, -1, 0)
    light = np.where(k > 0, 0, 100 - 20 * c - 30 * m - 10 * y)
    return np.stack([light, (k < 1) * (20 * m - 15 * c), (k < 1) * (25 * y - 15 * c)], -1)


CORNERS = _corners()


def _inks() -> tuple[Image.Image, np.ndarray]:
    """Blocks of all mixes of full inks, and what they look like."""
    index = np.kron(np.arange(16).reshape(4, 4), np.ones((16, 24), int))
    ink = np.stack([(index >> shift) & 1 for shift in (3, 2, 1, 0)], -1)
    shown = icc.of_lab(CORNERS.reshape(16, 3)[index])
    return of_mode("CMYK", (255 * ink).astype(np.uint8)), shown


INKS, INKS_SHOWN = _inks()
PHOTO, PHOTO_GREY = Image.fromarray(RGB), Image.fromarray(GREY)
CLEAR = Image.fromarray(np.dstack([RGB, ALPHA]))
P3 = levels(icc.in_space(RGB, icc.DISPLAY_P3))
P3_PROFILE = icc.rgb_profile(icc.DISPLAY_P3)
FEW = PHOTO.quantize(32)
FEW_RGB = np.asarray(FEW.convert("RGB"))
DOTS = Image.fromarray(GREY).convert("1")
SPHERE = (
    b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description "
    b"GPano:ProjectionType='equirectangular'/></x:xmpmeta>"
)


def _few_with_hole() -> Image.Image:
    image = FEW.copy()
    data = np.array(image)
    data[:, 48:] = 40
    image = of_mode("P", data)
    image.putpalette(FEW.getpalette()[: 32 * 3] + [0] * (9 * 3))
    return image


def _by(levels_shown: int) -> tuple[np.ndarray, np.ndarray]:
    """Grey in so many levels, and what that shows."""
    few = np.round(GREY / 255 * (levels_shown - 1)).astype(np.uint8)
    shown = np.round(few * (255 / (levels_shown - 1))).astype(np.uint8)
    return few[..., None], np.dstack([shown] * 3)


def _naive(cmyk: Image.Image) -> np.ndarray:
    """CMYK without a profile, as Pillow and browsers show it."""
    inks = np.asarray(cmyk).astype(float) / 255
    return np.round(255 * (1 - inks[..., :3]) * (1 - inks[..., 3:])).astype(np.uint8)


CMYK = PHOTO.convert("CMYK")
DAMAGED = "is a damaged image .*; copy it again|is a TIFF that cannot be read .*; copy it again"
RAW = "is a camera's raw file; develop it"
PAGE = "is a web page or drawing, .*; download"
PQ = (b"cICP", bytes([9, 16, 0, 1]))
P3_POINTS = (b"cICP", bytes([12, 13, 0, 1]))
MOVING = {"save_all": True, "append_images": [PHOTO.transpose(Image.Transpose.ROTATE_180)]}
BT709_NCLX, P3_NCLX = b"colrnclx\0\1\0\x0d", b"colrnclx\0\x0c\0\x0d"
PQ_NCLX = b"colrnclx\0\x09\0\x10"

RIGHT = [
    Kind("8-bit RGB PNG", saved("a.png", PHOTO), RGB),
    Kind("16-bit RGB PNG", opencv("a.png", RGB[..., ::-1].astype(np.uint16) * 257), RGB),
    Kind("16-bit RGBA PNG", put("a.png", png(np.asarray(CLEAR, np.uint16) * 257, 6, 16)), ON_WHITE),
    Kind("16-bit grey PNG", saved("a.png", Image.fromarray(SIXTEEN)), GREY_RGB),
    Kind(
        "16-bit grey PNG with a clear level",
        put(
            "a.png", png(np.where(ALPHA > 0, SIXTEEN, 9)[..., None], 0, 16, ((b"tRNS", b"\0\x09"),))
        ),
        GREY_ON_WHITE,
    ),
    Kind(
        "16-bit grey PNG with alpha",
        put("a.png", png(np.dstack([SIXTEEN, ALPHA.astype(np.uint16) * 257]), 4, 16)),
        GREY_ON_WHITE,
    ),
    Kind("16-bit grey TIFF", saved("a.tif", Image.fromarray(SIXTEEN)), GREY_RGB),
    Kind(
        "16-bit grey TIFF, big-endian",
        saved("a.tif", of_mode("I;16B", SIXTEEN.astype(">u2"))),
        GREY_RGB,
    ),
    Kind("16-bit grey TIFF, white is zero", white_is_zero, GREY_RGB),
    Kind("16-bit RGB TIFF", opencv("a.tif", RGB[..., ::-1].astype(np.uint16) * 257), RGB),
    Kind(
        "16-bit PGM", put("a.pgm", b"P5 96 64 65535 " + SIXTEEN.astype(">u2").tobytes()), GREY_RGB
    ),
    Kind(
        "16-bit PPM",
        put("a.ppm", b"P6 96 64 65535 " + (RGB.astype(">u2") * 257).astype(">u2").tobytes()),
        RGB,
    ),
    Kind("8-bit grey PNG", saved("a.png", PHOTO_GREY), GREY_RGB),
    Kind("4-bit grey PNG", put("a.png", png(_by(16)[0], 0, 4)), _by(16)[1]),
    Kind("2-bit grey PNG", put("a.png", png(_by(4)[0], 0, 2)), _by(4)[1]),
    Kind("1-bit PNG", saved("a.png", DOTS), np.asarray(DOTS.convert("RGB"))),
    Kind(
        "1-bit fax TIFF",
        saved("a.tif", DOTS, compression="group4"),
        np.asarray(DOTS.convert("RGB")),
    ),
    Kind(
        "grey PNG with alpha",
        saved("a.png", Image.fromarray(np.dstack([GREY, ALPHA]))),
        GREY_ON_WHITE,
    ),
    Kind("RGBA PNG", saved("a.png", CLEAR), ON_WHITE),
    Kind("RGBA TIFF", saved("a.tif", CLEAR, compression="tiff_lzw"), ON_WHITE),
    Kind("palette PNG", saved("a.png", FEW), FEW_RGB),
    Kind(
        "palette PNG with a clear colour",
        saved("a.png", _few_with_hole(), transparency=40),
        np.where(ALPHA[..., None] > 0, FEW_RGB, 255).astype(np.uint8),
    ),
    Kind(
        "palette PNG with half a colour",
        saved("a.png", FEW, transparency=bytes([255] * 32)),
        FEW_RGB,
    ),
    Kind("still GIF", saved("a.gif", FEW), FEW_RGB),
    Kind("BMP", saved("a.bmp", PHOTO), RGB),
    Kind("YCbCr TIFF", saved("a.tif", PHOTO, compression="jpeg", quality=95), RGB, LOSSY),
    Kind("TIFF of two pages", saved("a.tif", PHOTO, **MOVING), RGB),
    Kind("baseline JPEG", saved("a.jpg", PHOTO, quality=95), RGB, LOSSY),
    Kind("progressive JPEG", saved("a.jpg", PHOTO, quality=95, progressive=True), RGB, LOSSY),
    Kind("grey JPEG", saved("a.jpg", PHOTO_GREY, quality=95), GREY_RGB, LOSSY),
    Kind("CMYK JPEG", saved("a.jpg", CMYK, quality=95), _naive(CMYK), LOSSY),
    Kind("CMYK TIFF", saved("a.tif", CMYK), _naive(CMYK)),
    Kind(
        "CMYK TIFF with a profile",
        saved("a.tif", INKS, icc_profile=icc.cmyk_profile(CORNERS)),
        INKS_SHOWN,
        3,
    ),
    Kind(
        "JPEG of two pictures (a gain map)",
        saved("a.jpg", PHOTO, format="MPO", quality=95, **MOVING),
        RGB,
        LOSSY,
    ),
    Kind(
        "Display P3 JPEG",
        saved("a.jpg", P3, quality=97, icc_profile=P3_PROFILE),
        RGB,
        LOSSY,
    ),
    Kind("Display P3 PNG", saved("a.png", P3, icc_profile=P3_PROFILE), RGB),
    Kind("Display P3 PNG by cICP", put("a.png", png(np.asarray(P3), 2, 8, (P3_POINTS,))), RGB),
    Kind(
        "Display P3 PNG with alpha",
        saved(
            "a.png",
            Image.fromarray(np.dstack([np.asarray(P3), ALPHA])),
            icc_profile=P3_PROFILE,
        ),
        ON_WHITE,
    ),
    Kind(
        "Adobe RGB TIFF",
        saved(
            "a.tif",
            levels(icc.in_space(RGB, icc.ADOBE, icc.ADOBE_GAMMA)),
            icc_profile=icc.rgb_profile(icc.ADOBE, icc.ADOBE_GAMMA),
        ),
        RGB,
    ),
    Kind(
        "grey PNG of gamma 1.8",
        saved(
            "a.png", levels(icc.linear(GREY / 255) ** (1 / 1.8)), icc_profile=icc.grey_profile(1.8)
        ),
        GREY_RGB,
    ),
    Kind(
        "16-bit grey PNG of gamma 1.8",
        saved(
            "a.png",
            Image.fromarray(
                np.round(65535 * icc.linear(GREY / 255) ** (1 / 1.8)).astype(np.uint16)
            ),
            icc_profile=icc.grey_profile(1.8),
        ),
        GREY_RGB,
    ),
    Kind(
        "RGB PNG with a grey profile", saved("a.png", PHOTO, icc_profile=icc.grey_profile(1.8)), RGB
    ),
    Kind(
        "PNG of linear light (gAMA 1)",
        put(
            "a.png",
            png(
                np.round(65535 * icc.linear(RGB / 255)),
                2,
                16,
                ((b"gAMA", struct.pack(">I", 100000)),),
            ),
        ),
        RGB,
        3,
    ),
    Kind("HEIC", saved("a.heic", PHOTO, quality=95), RGB, LOSSY),
    Kind("HEIC named .jpg", saved("heic.jpg", PHOTO, quality=95), RGB, LOSSY),
    Kind("HEIC with alpha", saved("a.heic", CLEAR, quality=95), ON_WHITE, LOSSY),
    Kind(
        "Display P3 HEIC",
        saved("a.heic", P3, quality=97, icc_profile=P3_PROFILE),
        RGB,
        LOSSY,
    ),
    Kind(
        "HEIC with a turn",
        saved("a.heic", Image.fromarray(turned(RGB, 6)), quality=95, exif=exif(6).tobytes()),
        RGB,
        LOSSY,
    ),
    Kind("AVIF", saved("a.avif", PHOTO, quality=95), RGB, LOSSY),
    Kind("AVIF with alpha", saved("a.avif", CLEAR, quality=95), ON_WHITE, LOSSY),
    Kind(
        "Display P3 AVIF", patched(saved("a.avif", P3, quality=97), BT709_NCLX, P3_NCLX), RGB, LOSSY
    ),
    Kind(
        "AVIF with a turn",
        saved("a.avif", Image.fromarray(turned(RGB, 8)), quality=95, exif=exif(8)),
        RGB,
        LOSSY,
    ),
    Kind(
        "JPEG with rubbish for EXIF",
        saved("a.jpg", PHOTO, quality=95, exif=b"Exif\0\0rubbish"),
        RGB,
        LOSSY,
    ),
    Kind(
        "grey JPEG with an RGB profile",
        saved("a.jpg", PHOTO_GREY, quality=95, icc_profile=P3_PROFILE),
        GREY_RGB,
        LOSSY,
    ),
    Kind("lossless WebP", saved("a.webp", PHOTO, lossless=True), RGB),
    Kind("WebP with alpha", saved("a.webp", CLEAR, lossless=True), ON_WHITE),
    Kind("JPEG 2000", saved("a.jp2", PHOTO), RGB),
    *(
        Kind(
            f"JPEG of EXIF orientation {turn}",
            saved("a.jpg", Image.fromarray(turned(RGB, turn)), quality=95, exif=exif(turn)),
            RGB,
            LOSSY,
        )
        for turn in range(2, 9)
    ),
    Kind("PNG with a turn", saved("a.png", Image.fromarray(turned(RGB, 6)), exif=exif(6)), RGB),
    Kind("TIFF with a turn", saved("a.tif", Image.fromarray(turned(RGB, 3)), exif=exif(3)), RGB),
    Kind(
        "WebP with a turn",
        saved("a.webp", Image.fromarray(turned(RGB, 8)), lossless=True, exif=exif(8)),
        RGB,
    ),
    Kind("tiny PNG", saved("a.png", PHOTO.crop((0, 0, 16, 16))), RGB[:16, :16]),
]

TOLD = [
    Kind(
        "floating-point TIFF",
        saved("a.tif", Image.fromarray(GREY.astype(np.float32) / 255)),
        "holds floating-point numbers, .*; save it",
    ),
    Kind(
        "32-bit TIFF",
        saved("a.tif", Image.fromarray(GREY.astype(np.int32) * 1000)),
        "holds 32-bit numbers, .*; save it",
    ),
    Kind(
        "CIELAB TIFF",
        saved("a.tif", of_mode("LAB", RGB)),
        "is in CIELAB colours; save it as RGB",
    ),
    Kind("HDR PNG", put("a.png", png(RGB, 2, 8, (PQ,))), r"is an HDR image \(PQ\); save it"),
    Kind(
        "HDR AVIF",
        patched(saved("a.avif", PHOTO), BT709_NCLX, PQ_NCLX),
        r"is an HDR image \(PQ\); save it",
    ),
    Kind(
        "damaged profile",
        saved("a.png", PHOTO, icc_profile=b"rubbish" * 40),
        "its colour profile is damaged; save",
    ),
    *(
        Kind(f"moving .{kind}", saved(f"a.{kind}", PHOTO, **MOVING), "is animated; save one")
        for kind in ("gif", "png", "webp", "avif")
    ),
    Kind(
        "360° panorama",
        saved("a.jpg", PHOTO, xmp=SPHERE.partition(b"\0")[2]),
        "is a 360° panorama, .*; export a flat view",
    ),
    Kind("8x8 px", saved("a.png", PHOTO.crop((0, 0, 8, 8))), "is only 8x8 px; give a larger"),
    Kind(
        "40000x20000 px",
        put("a.png", png_file((40000, 20000), bytes(9), 0, 8)),
        "is 40000x20000 px, which takes too much memory; make it smaller",
    ),
    Kind("raw of Nikon", saved("a.NEF", PHOTO, format="TIFF"), RAW),
    Kind("DNG named .tif", saved("a.tif", PHOTO, tiffinfo={50706: b"\1\4\0\0"}), RAW),
    Kind(
        "floating-point RGB TIFF",
        opencv("a.tif", RGB.astype(np.float32) / 255),
        "is a TIFF that cannot be read .*floating-point.*; .* save it as PNG",
    ),
    *(
        Kind(name, put(file, content + bytes(60)), told)
        for name, file, content, told in (
            ("JPEG XL", "a.jxl", b"\xff\x0a", "is JPEG XL; save it as JPEG or PNG"),
            ("OpenEXR", "a.exr", b"v/1\x01", "is an OpenEXR image, .*; tone-map it"),
            ("Radiance", "a.hdr", b"#?RADIANCE\n", "is a Radiance image, .*; tone-map it"),
            ("raw of Canon", "a.cr2", b"II*\0\x10\0\0\0CR\x02\0", RAW),
            ("new raw of Canon", "a.cr3", b"\0\0\0\x18ftypcrx ", RAW),
            ("raw of Fuji", "a.raf", b"FUJIFILMCCD-RAW 0201", RAW),
            ("PDF", "a.pdf", b"%PDF-1.7\n", "is a PDF; export its picture"),
            ("PostScript", "a.eps", b"%!PS-Adobe-3.0\n", "is PostScript; export its picture"),
            ("Photoshop", "a.psd", b"8BPS\0\1", "is an image editor's own file; export it"),
            ("GIMP", "a.xcf", b"gimp xcf v011", "is an image editor's own file; export it"),
            ("archive", "a.png", b"PK\x03\x04", "is an archive or a document; give the image"),
            ("drawing", "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", PAGE),
            ("web page named .jpg", "a.jpg", b"<!DOCTYPE html><html></html>", PAGE),
            ("Git LFS", "a.jpg", b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
            ("MP4", "a.jpg", b"\0\0\0\x20ftypmp42", "is a video; save one of its frames"),
            ("Matroska", "a.jpg", b"\x1aE\xdf\xa3", "is a video; save one of its frames"),
            ("text", "a.jpg", b"hello\n" * 20, "is not an image; give a .jpg"),
        )
    ),
    Kind("nothing", put("a.jpg", b""), r"is empty \(0 bytes\); copy it again"),
    *(
        Kind(f"half a .{kind}", cut(saved(f"a.{kind}", PHOTO), 0.5), DAMAGED)
        for kind in ("jpg", "png", "tif", "webp", "heic", "avif")
    ),
]
