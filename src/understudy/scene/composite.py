"""A re-enactment over a background: C + (1 − α)·B, frame by frame."""

from pathlib import Path

import numpy as np

from understudy.errors import UserError
from understudy.progress import progress
from understudy.scene.images import read_background
from understudy.scene.settings import CompositeSettings
from understudy.video.probe import probe
from understudy.video.read import read_rgba
from understudy.video.write import VideoWriter

# A figure is in a frame if it hides at least this share of it; one of 2 % of a frame's height
# would hide about this much.
VISIBLE_SHARE = 1e-4


def over(rgba: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Premultiplied uint8 (h,w,4) over uint8 (h,w,3): round(C + (1 − α)·B), uint8 (h,w,3).

    Porter and Duff's "over" (1984) on display values, as the avatar was trained on them.
    """
    behind = (255 - rgba[..., 3:].astype(np.uint16)) * background  # at most 255², fits 16 bits
    return np.minimum(rgba[..., :3] + (behind + np.uint16(127)) // 255, 255).astype(np.uint8)


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
    with VideoWriter(out, info.width, info.height, info.fps, crf=settings.crf) as video:
        for frame in progress(read_rgba(rgba), Path(out).stem, info.frames):
            visible += (frame[..., 3] > 127).mean() >= VISIBLE_SHARE
            video.write(over(frame, behind))
        if not visible:
            raise UserError(
                f"{rgba}: the figure is outside the image in every frame; "
                "check the fit of this reference"
            )
