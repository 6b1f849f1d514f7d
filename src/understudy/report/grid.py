"""Rows of images on a dark sheet, each row with a small tag: a photographer's contact sheet."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from understudy.files import atomic_path

WIDTH = 1440  # px of a sheet
ROW_HEIGHT = 230  # px, the approximate height of a row
COLUMNS = (4, 12)  # fewest, most
GAP = 3
PAPER = (22, 24, 29)
QUALITY = 82


@dataclass(frozen=True)
class Row:
    """Images (k,h,w,3) uint8 of one size, and what they show in a few words."""

    tag: str
    pictures: np.ndarray


def columns_for(width: int, height: int) -> int:
    """How many images of that shape a row takes to be about ROW_HEIGHT high."""
    return int(np.clip(round(WIDTH / (ROW_HEIGHT * width / height)), *COLUMNS))


def evenly(count: int, columns: int) -> np.ndarray:
    """Indices (columns,) of evenly spaced frames, the first and the last of `count` among them."""
    return np.linspace(0, count - 1, columns).round().astype(int)


def fitted(pictures: np.ndarray, width: int) -> np.ndarray:
    """Images (k,h,w,3) scaled to `width` px: (k,·,width,3)."""
    height = max(1, round(pictures.shape[1] * width / pictures.shape[2]))
    way = cv2.INTER_AREA if width < pictures.shape[2] else cv2.INTER_CUBIC
    return np.stack(
        [cv2.resize(picture, (width, height), interpolation=way) for picture in pictures]
    )


def make_sheet(rows: list[Row], footnote: str = "") -> np.ndarray:
    """(h,WIDTH,3) uint8: the rows below each other, each filling the width."""
    strips = []
    for row in rows:
        count = len(row.pictures)
        pictures = fitted(row.pictures, (WIDTH - GAP * (count - 1)) // count)
        gap = np.full((pictures.shape[1], GAP, 3), PAPER, np.uint8)
        parts = [part for picture in pictures for part in (picture, gap)][:-1]
        strips += [_tagged(_padded(np.concatenate(parts, axis=1)), row.tag), _blank(GAP)]
    if footnote:
        strips.append(_tagged(_blank(34), footnote))
    return np.concatenate(strips[:-1] if not footnote else strips)


def write_jpeg(path: Path | str, image: np.ndarray) -> None:
    with atomic_path(path) as temporary:
        Image.fromarray(image).save(temporary, quality=QUALITY, optimize=True)


def _blank(height: int) -> np.ndarray:
    return np.full((height, WIDTH, 3), PAPER, np.uint8)


def _padded(strip: np.ndarray) -> np.ndarray:
    """A strip padded to WIDTH with paper on the right."""
    padded = _blank(len(strip))
    padded[:, : strip.shape[1]] = strip
    return padded


def _tagged(strip: np.ndarray, tag: str) -> np.ndarray:
    image = Image.fromarray(strip)
    draw = ImageDraw.Draw(image, "RGBA")
    font = ImageFont.load_default(size=15)
    place = (14, len(strip) - 28)  # at the bottom: heads are at the top
    left, top, right, bottom = draw.textbbox(place, tag, font=font)
    draw.rounded_rectangle((left - 7, top - 5, right + 7, bottom + 5), radius=5, fill=(*PAPER, 190))
    draw.text(place, tag, font=font, fill=(244, 244, 240, 255))
    return np.asarray(image)
