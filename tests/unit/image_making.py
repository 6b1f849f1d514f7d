"""How image files are made: a scene, and makers that write it into a folder, each in its way."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

WIDTH, HEIGHT = 96, 64
LOSSLESS, LOSSY = 1.0, 2.5  # grey levels, mean over the picture


def scene() -> np.ndarray:
    """(64,96,3) uint8: soft colours, another in each corner, so that a turn is seen."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] / [[[HEIGHT]], [[WIDTH]]]
    return np.stack([40 + 190 * x, 50 + 160 * y, 200 - 150 * x * y], -1).astype(np.uint8)


RGB = scene()
GREY = np.asarray(Image.fromarray(RGB).convert("L"))
GREY_RGB = np.dstack([GREY] * 3)
ALPHA = np.where(np.mgrid[:HEIGHT, :WIDTH][1] < 48, 255, 0).astype(np.uint8)  # the right is clear
ON_WHITE = np.where(ALPHA[..., None] > 0, RGB, 255).astype(np.uint8)
GREY_ON_WHITE = np.where(ALPHA[..., None] > 0, GREY_RGB, 255).astype(np.uint8)
SIXTEEN = GREY.astype(np.uint16) * 257


def saved(name: str, image: Image.Image, **options) -> Callable[[Path], Path]:
    """A maker that lets Pillow save an image."""

    def make(folder: Path) -> Path:
        if name.endswith((".heic", "heic.jpg")):
            import pillow_heif

            pillow_heif.register_heif_opener()
            options.setdefault("format", "HEIF")
        image.save(folder / name, **options)
        return folder / name

    return make


def put(name: str, content: bytes) -> Callable[[Path], Path]:
    """A maker that writes bytes."""

    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def patched(make: Callable[[Path], Path], old: bytes, new: bytes) -> Callable[[Path], Path]:
    """A maker that replaces bytes of what another makes."""

    def make_patched(folder: Path) -> Path:
        path = make(folder)
        content = path.read_bytes()
        assert old in content, path
        path.write_bytes(content.replace(old, new, 1))
        return path

    return make_patched


def cut(make: Callable[[Path], Path], share: float) -> Callable[[Path], Path]:
    """A maker of the first part of what another makes."""

    def make_cut(folder: Path) -> Path:
        path = make(folder)
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])
        return path

    return make_cut


def opencv(name: str, picture: np.ndarray) -> Callable[[Path], Path]:
    """A maker that lets OpenCV save a picture of 16 bits, BGR."""

    def make(folder: Path) -> Path:
        assert cv2.imwrite(str(folder / name), picture)
        return folder / name

    return make


def png(
    samples: np.ndarray, colour: int, depth: int, chunks: tuple[tuple[bytes, bytes], ...] = ()
) -> bytes:
    """A PNG, built by hand: samples (h,w,c), colour type, bits; chunks before the data."""
    height, width = samples.shape[:2]
    if depth < 8:
        bits = np.unpackbits(samples.astype(np.uint8)[..., None], axis=-1)[..., -depth:]
        rows = np.packbits(bits.reshape(height, -1), axis=1)
    else:
        rows = samples.astype(f">u{depth // 8}").reshape(height, -1).view(np.uint8)
    raw = np.pad(rows, ((0, 0), (1, 0))).tobytes()
    return png_file((width, height), raw, colour, depth, chunks)


def png_file(
    size: tuple[int, int],
    raw: bytes,
    colour: int,
    depth: int,
    chunks: tuple[tuple[bytes, bytes], ...] = (),
) -> bytes:
    """A PNG of rows that each begin with their filter, 0."""
    head = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def white_is_zero(folder: Path) -> Path:
    """A 16-bit grey TIFF whose 0 is white."""
    path = folder / "inverted16.tif"
    data = (65535 - SIXTEEN).astype("<u2").tobytes()
    entries = [
        *((256, WIDTH), (257, HEIGHT), (258, 16), (259, 1), (262, 0), (273, 8), (277, 1)),
        *((278, HEIGHT), (279, len(data))),
    ]
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries
    )
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory + bytes(4))
    return path


def turned(picture: np.ndarray, orientation: int) -> np.ndarray:
    """How a camera that is held so stores the picture: EXIF's orientation brings it back."""
    stored = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: np.rot90(p, 1),
        7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
        8: lambda p: np.rot90(p, -1),
    }
    return np.ascontiguousarray(stored[orientation](picture))


def exif(orientation: int) -> Image.Exif:
    data = Image.Exif()
    data[0x0112] = orientation
    return data


def levels(space: np.ndarray) -> Image.Image:
    return Image.fromarray(np.round(255 * space).astype(np.uint8))


def of_mode(mode: str, samples: np.ndarray) -> Image.Image:
    return Image.frombytes(mode, samples.shape[1::-1], samples.tobytes())
