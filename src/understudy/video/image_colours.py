"""An image's colours as a screen shows them: sRGB, 8 bits a channel, on white."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from understudy.errors import UserError

_PLAIN = {"1": "L", "P": "RGB", "PA": "RGBA", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB"}
_PLAIN |= {"YCbCr": "RGB", "HSV": "RGB"}
_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}  # of a profile that belongs to a mode
_WHITE_IS_ZERO = (262, 0)  # TIFF's PhotometricInterpretation
# ITU-T H.273: code points of transfer and primaries.
_HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
_PRIMARIES = {  # -> linear sRGB, from the chromaticities in H.273 table 2 (white D65 in all)
    9: [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    12: [[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]],
}
_USUAL_GAMMA = 1 / 2.2
_SEARCHED = 1 << 16  # bytes: what a file says of its colours stands at its beginning


def in_srgb(image: Image.Image, path: Path) -> Image.Image:
    """The decoded `image` as RGB in sRGB, transparent parts on white; path: its file.

    By its ICC profile; else by what a PNG, AVIF or HEIC file says in its own words (cICP, gAMA,
    nclx); else it is sRGB already. As in browsers, a profile of another colour space than the
    image's is passed over. UserError for colours that a screen cannot show as they are (HDR,
    CIELAB, 32-bit and floating-point numbers) and for a damaged profile.
    """
    plain = _eight_bits(image, path)
    alpha = plain.getchannel("A") if "A" in plain.getbands() else None
    if alpha is not None:
        plain = plain.convert(plain.mode.removesuffix("A"))
    told = _code_points(path, image.format)
    if told and told[1] in _HDR_TRANSFERS:
        raise UserError(
            f"{path}: is an HDR image ({_HDR_TRANSFERS[told[1]]}); save it in standard range, as "
            "JPEG or PNG"
        )
    if profile := image.info.get("icc_profile"):
        rgb = _by_profile(plain, profile, path)
    elif told and told[0] in _PRIMARIES:
        rgb = _by_primaries(plain.convert("RGB"), told[0])
    elif not told and "srgb" not in image.info and image.info.get("gamma"):
        rgb = _by_gamma(plain.convert("RGB"), image.info["gamma"])
    else:
        rgb = plain.convert("RGB")
    if alpha is None:
        return rgb
    return Image.composite(rgb, Image.new("RGB", rgb.size, "white"), alpha)


def _eight_bits(image: Image.Image, path: Path) -> Image.Image:
    """L, LA, RGB, RGBA or CMYK."""
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PPM"):
        return _from_sixteen(image)
    if image.mode in ("I", "F"):
        kind = "floating-point" if image.mode == "F" else "32-bit"
        raise UserError(
            f"{path}: holds {kind} numbers, whose black and white nobody knows; save it as "
            "JPEG, or as PNG with 8 or 16 bits"
        )
    if image.mode == "LAB":
        raise UserError(f"{path}: is in CIELAB colours; save it as RGB")
    if image.has_transparency_data:
        return image.convert("LA" if image.mode in ("L", "LA", "La") else "RGBA")
    return image.convert(_PLAIN.get(image.mode, image.mode))


def _from_sixteen(image: Image.Image) -> Image.Image:
    """Grey of 16 bits; Pillow would clip it at 255."""
    levels = np.asarray(image).astype(np.uint32)
    tag, zero = _WHITE_IS_ZERO
    if getattr(image, "tag_v2", {}).get(tag) == zero:
        levels = 65535 - levels
    grey = Image.fromarray(((levels * 255 + 32767) // 65535).astype(np.uint8))
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        grey.putalpha(Image.fromarray(np.where(levels == clear, 0, 255).astype(np.uint8)))
    return grey


def _by_profile(image: Image.Image, data: bytes, path: Path) -> Image.Image:
    """By an ICC profile: relative colorimetric, black to black."""
    try:
        profile = ImageCms.getOpenProfile(io.BytesIO(data))
        if profile.profile.xcolor_space.strip() != _SPACES[image.mode]:
            return image.convert("RGB")
        converted = ImageCms.profileToProfile(
            image,
            profile,
            ImageCms.createProfile("sRGB"),
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            "RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError) as error:
        raise UserError(f"{path}: its colour profile is damaged; save it again, in sRGB") from error
    assert converted is not None  # it is only if converted in place
    return converted


def _by_primaries(image: Image.Image, primaries: int) -> Image.Image:
    linear = _linear(np.arange(256) / 255).astype(np.float32)[np.asarray(image)]
    return _encoded(linear @ np.array(_PRIMARIES[primaries], np.float32).T)


def _by_gamma(image: Image.Image, gamma: float) -> Image.Image:
    """Levels are light to the power of `gamma` (PNG, gAMA)."""
    if abs(gamma - _USUAL_GAMMA) < 0.02:
        return image
    light = ((np.arange(256) / 255) ** (1 / gamma)).astype(np.float32)
    return _encoded(light[np.asarray(image)])


def _linear(levels: np.ndarray) -> np.ndarray:
    """Light of sRGB levels in [0,1] (IEC 61966-2-1)."""
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def _encoded(light: np.ndarray) -> Image.Image:
    """Light (h,w,3) as sRGB."""
    light = np.clip(light, 0, 1)
    levels = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return Image.fromarray((levels * 255 + 0.5).astype(np.uint8))


def _code_points(path: Path, kind: str | None) -> tuple[int, int] | None:
    """(primaries, transfer) as ITU-T H.273 numbers them, if the file says them."""
    with path.open("rb") as stream:
        head = stream.read(_SEARCHED)
    if kind == "PNG":  # PNG 3, cICP: a byte each, before the image's data
        at = head.find(b"cICP", 0, max(head.find(b"IDAT"), 0))
        return (head[at + 4], head[at + 5]) if at > 0 else None
    if kind in ("AVIF", "HEIF"):  # ISO 23008-12, colr: two bytes each
        at = head.find(b"colrnclx")
        if at > 0:
            primaries, transfer = np.frombuffer(head[at + 8 : at + 12], ">u2")
            return int(primaries), int(transfer)
    return None
