"""A re-enactment over a background: C + (1 − α)·B, frame by frame."""

from pathlib import Path

import numpy as np

from understudy.errors import UserError
from understudy.progress import progress
from understudy.scene.images import read_background
from understudy.scene.settings import PRESET, CompositeSettings
from understudy.video.probe import probe
from understudy.video.read import read_rgba
from understudy.video.write import VideoWriter

# A figure is in a frame if it hides at least this share of it; one of 2 % of a frame's height
# would hide about this much.
VISIBLE_SHARE = 1e-4


def over(rgba: np.ndarray, backgrounds: np.ndarray) -> np.ndarray:
    """Premultiplied uint8 (n,h,w,4) over uint8 (n,h,w,3): round(C + (1 − α)·B), uint8 (n,h,w,3).

    Porter and Duff's "over" (1984) on display values, as the avatar was trained on them.
    """
    frames = backgrounds.copy()
    drawn = np.bitwise_or.reduce(rgba.view(np.uint32)[..., 0], 0)  # not 0: anything, in any frame
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    if rows.size:  # a figure is a small part of a frame
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        front, back = rgba[:, *box], backgrounds[:, *box]
        behind = (255 - front[..., 3:].astype(np.uint16)) * back  # at most 255², fits 16 bits
        shown = np.minimum(front[..., :3] + (behind + np.uint16(127)) // 255, 255)
        frames[:, *box] = shown.astype(np.uint8)
    return frames


def composite_background(
    rgba: Path | str, background: Path | str, out: Path | str, settings: CompositeSettings
) -> None:
    """Composite the RGBA master `rgba` over the image `background`, at the master's size and rate.

    One frame is held at a time. Raises UserError if the image or the master cannot be read, or
    if the master shows no figure in any frame.
    """
    info = probe(rgba)
    behind = read_background(background, info.width, info.height, settings.resize)
    visible = 0
    with VideoWriter(
        out, info.width, info.height, info.fps, crf=settings.crf, preset=PRESET
    ) as video:
        for frame in progress(read_rgba(rgba), Path(out).stem, info.frames):
            visible += (frame[..., 3] > 127).mean() >= VISIBLE_SHARE
            video.write(over(frame[None], behind[None]))
        if not visible:
            raise UserError(
                f"{rgba}: the figure is outside the image in every frame; "
                "check the fit of this reference"
            )
