"""Each synthetic video looked at once more, from its file alone."""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.errors import UserError
from understudy.scene.images import Fit, read_background
from understudy.video.probe import VideoInfo, probe
from understudy.video.read import read_frames

CHECKS = {
    "decodes": "the file opens, and its first, middle and last frame decode",
    "frames": "as many frames as the normalised reference",
    "rate": "the frame rate of the normalised reference",
    "size": "the size of the normalised reference",
    "figure": "in one of three frames the figure hides 0.1 % to 95 % of the background",
    "unique": "no other video of the dataset has the same content",
}
# Compression moves a background's pixels by less than this; skin and clothes mostly by more.
HIDDEN_LEVEL = 32
HIDDEN_SHARE = (0.001, 0.95)


@dataclass(frozen=True)
class Checked:
    """info: None where the video cannot be opened; hidden: largest share of the background that
    the figure hides in the frames looked at; problems: {check: what is wrong}."""

    info: VideoInfo | None
    hidden: float
    problems: dict[str, str]


def check_video(video: Path | str, reference: dict, background: Path | str, fit: Fit) -> Checked:
    """Check one video against its normalised reference's note and its background image."""
    try:
        info = probe(video)
        frames = read_frames(video, [0, info.frames // 2, info.frames - 1])
    except UserError as error:
        return Checked(None, 0.0, {"decodes": str(error)})
    problems = {}
    if info.frames != reference["frames"]:
        problems["frames"] = f"{info.frames}, the reference {reference['frames']}"
    if abs(float(info.fps) - reference["fps"]) > 1e-3 * reference["fps"]:
        problems["rate"] = f"{float(info.fps):g}, the reference {reference['fps']:g}"
    if (info.width, info.height) != (reference["width"], reference["height"]):
        problems["size"] = (
            f"{info.width}x{info.height}, the reference {reference['width']}x{reference['height']}"
        )
    behind = _background(str(background), info.width, info.height, fit)
    differs = np.abs(frames.astype(np.int16) - behind).max(-1) > HIDDEN_LEVEL
    hidden = float(differs.mean((1, 2)).max())
    if not HIDDEN_SHARE[0] <= hidden <= HIDDEN_SHARE[1]:
        problems["figure"] = f"hides {100 * hidden:.2f} % of the background"
    return Checked(info, hidden, problems)


def repeated(digests: dict[str, str]) -> dict[str, str]:
    """{video: an earlier video of the same content}, from {video: digest}."""
    first: dict[str, str] = {}
    return {
        video: first[digest]
        for video, digest in digests.items()
        if first.setdefault(digest, video) != video
    }


@functools.lru_cache(maxsize=32)
def _background(path: str, width: int, height: int, fit: Fit) -> np.ndarray:
    return read_background(path, width, height, fit).astype(np.int16)
