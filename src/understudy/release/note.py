"""A line of text in every frame of a video, for those who look at it."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from understudy.errors import UserError
from understudy.video.probe import probe
from understudy.video.read import stream_frames
from understudy.video.write import VideoWriter

HEIGHT = 28  # the text's is the frame's over this
SMALLEST = 8  # px
GAP = 0.4  # around the text, of its height


def write_with_note(video: Path, note: str, out: Path) -> None:
    """Write a video again to `out`, a note on a dark ground in its lower left corner. UserError if
    the note is too long for the frame."""
    info = probe(video)
    badge = _badge(note, info.width, info.height)
    height, width = badge.shape[:2]
    with VideoWriter(out, info.width, info.height, info.fps) as writer:
        for frame in stream_frames(video, range(info.frames)):
            frame = frame.copy()
            frame[-height:, :width] = badge
            writer.write(frame)


def _badge(note: str, width: int, height: int) -> np.ndarray:
    """The note as an image (h,w,3) uint8 that fits into a frame of this size."""
    for size in range(max(SMALLEST, round(height / HEIGHT)), SMALLEST - 1, -1):
        font = ImageFont.load_default(size=size)
        left, top, right, bottom = (round(edge) for edge in font.getbbox(note))
        gap = round(GAP * size)
        wide, high = right - left + 2 * gap, bottom - top + 2 * gap
        if wide <= width and high <= height:
            badge = Image.new("RGB", (wide, high), (20, 20, 20))
            ImageDraw.Draw(badge).text((gap - left, gap - top), note, "white", font)
            return np.asarray(badge)
    raise UserError(f"the note '{note}' is too long for a frame of {width}x{height}; shorten it")
