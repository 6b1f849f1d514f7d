"""A short looping preview: the reference and its re-enactments side by side, animated WebP."""

from pathlib import Path

import numpy as np
from PIL import Image

from understudy.artifacts.shown import read_shown
from understudy.errors import UserError
from understudy.files import atomic_path
from understudy.report.grid import PAPER, evenly
from understudy.video.probe import probe
from understudy.video.read import read_frames

HEIGHT = 216  # px
GAP = 4
MOST_SHOWN = 3  # clips next to the reference
MOST_SECONDS = 5  # around the middle of a clip
MOST_RATE = 8  # frames per second
MOST_BYTES = 300_000
QUALITIES = (60, 45, 30, 15, 5)


def make_preview(reference: Path, fit: Path, composites: list[Path], out: Path) -> None:
    """Loop the part of `reference` that shows its person, as its `fit` says, and the first of
    `composites` next to each other, at true speed.

    Of long clips the middle is shown. Quality falls until the file is below 300 kB. Raises
    UserError if even the lowest is above.
    """
    info, part = probe(reference), read_shown(fit).part
    seconds = min(float((part.stop - part.start) / info.fps), MOST_SECONDS)
    count = max(2, round(seconds * min(MOST_RATE, float(info.fps))))
    strips = [
        _strip(reference, part, seconds, count),
        *(_strip(path, None, seconds, count) for path in composites[:MOST_SHOWN]),
    ]
    gap = np.full((count, HEIGHT, GAP, 3), PAPER, np.uint8)
    frames = np.concatenate([part for strip in strips for part in (strip, gap)][:-1], axis=2)
    images = [Image.fromarray(frame) for frame in frames]
    for quality in QUALITIES:
        with atomic_path(out) as path:
            images[0].save(
                path,
                save_all=True,
                append_images=images[1:],
                duration=round(1000 * seconds / count),
                loop=0,
                quality=quality,
                method=4,
            )
        if Path(out).stat().st_size <= MOST_BYTES:
            return
    raise UserError(f"{out}: a preview of {len(strips)} clips is too large; show fewer")


def _strip(path: Path, part: slice | None, seconds: float, count: int) -> np.ndarray:
    """(count,HEIGHT,·,3): evenly spaced frames of the middle `seconds` of a part, or of all,
    scaled."""
    info = probe(path)
    first, stop = (0, info.frames) if part is None else (part.start, part.stop)
    length = min(stop - first, round(seconds * info.fps))
    frames = read_frames(path, first + (stop - first - length) // 2 + evenly(length, count))
    width = round(frames.shape[2] * HEIGHT / frames.shape[1])
    resized = [np.asarray(Image.fromarray(frame).resize((width, HEIGHT))) for frame in frames]
    return np.stack(resized)
