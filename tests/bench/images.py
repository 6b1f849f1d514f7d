"""`make bench NAME=images`: image files as people have them, read right or told what they are.

The kinds of `tests/unit/image_files.py`, and two at full size: a panorama beyond Pillow's limit
and a phone's photo of 200 megapixels.
"""

import re
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.bench.figures import Figure, write_figures
from tests.unit.image_files import RIGHT, TOLD, Kind
from tests.unit.image_making import LOSSY, RGB, saved
from understudy.errors import UserError
from understudy.video.image import open_image


def large(name: str, size: tuple[int, int], kind: str) -> Kind:
    """A kind that shows the scene, enlarged."""

    def make(folder: Path) -> Path:
        image = Image.fromarray(RGB).resize(size, Image.Resampling.NEAREST)
        return saved(name, image, quality=90)(folder)

    return Kind(kind, make, RGB, LOSSY)


LARGE = [
    large("panorama.jpg", (20000, 10000), "panorama of 20000x10000 px"),
    large("phone.jpg", (12288, 16384), "photo of 12288x16384 px"),
]


def is_right(kind: Kind, folder: Path) -> bool:
    """Whether a kind is read as it should be, or told of as it should be."""
    path = kind.make(folder)
    try:
        picture = open_image(path)
    except UserError as error:
        told = str(error)
        return isinstance(kind.shows, str) and bool(re.search(kind.shows, told))
    if isinstance(kind.shows, str):
        return False
    height, width = kind.shows.shape[:2]
    if max(picture.size) > 8 * width:  # the large ones: reduced to the scene's size
        picture = picture.resize((width, height), Image.Resampling.BOX)
    off = np.abs(np.asarray(picture, int) - kind.shows).mean()
    return picture.size == (width, height) and off <= kind.off


def main() -> None:
    kinds = [*RIGHT, *LARGE, *TOLD]
    wrong, longest = [], 0.0
    for kind in kinds:
        with tempfile.TemporaryDirectory() as name:
            start = time.perf_counter()
            if not is_right(kind, Path(name)):
                wrong.append(kind.name)
            longest = max(longest, time.perf_counter() - start)
    print(f"wrong: {', '.join(wrong) or 'none'}; the longest took {longest:.1f} s, with its making")
    read = len(RIGHT) + len(LARGE)
    write_figures(
        "images",
        [
            Figure("images_right", 100 * (1 - len(wrong) / len(kinds)), "%", 100, at_most=False),
            Figure("kinds_read", read, "kinds", None, at_most=False),
            Figure("kinds_told", len(TOLD), "kinds", None, at_most=False),
            Figure("kinds", len(kinds), "kinds", 40, at_most=False),
        ],
    )


if __name__ == "__main__":
    main()
