"""Whether a video is interlaced without saying so, by FFmpeg's filter idet."""

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg

from understudy.video.probe import VideoInfo

LOOKED_AT = 120, 1500  # frames; so many more if too few of the first ones can be told
TALLEST = 1088  # px, of stored frames: nothing taller was ever filmed interlaced
SURE = 0.9  # of the frames that can be told: all of the same field first
FEWEST = 12  # frames
ENOUGH = 40  # frames that can be told: those in which something moves


def unsaid_field_order(path: Path | str, info: VideoInfo) -> str | None:
    """Which field comes first, "tff" or "bff", if nearly all frames among the first that move look
    woven of two moments; else None."""
    if min(info.width, info.height) > TALLEST:
        return None
    top = bottom = progressive = 0
    for frames in LOOKED_AT:
        top, bottom, progressive = _told(path, frames)
        if top + bottom + progressive >= ENOUGH or frames >= info.frames:
            break
    if max(top, bottom) < max(FEWEST, SURE * (top + bottom + progressive)):
        return None
    return "tff" if top > bottom else "bff"


def _told(path: Path | str, frames: int) -> tuple[int, int, int]:
    """How many of the first frames show the top field first, the bottom one, or are progressive."""
    looking = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-i", f"file:{path}"]
    looked = ["-frames:v", str(frames), "-vf", "idet", "-f", "null", "-"]
    told = subprocess.run([*looking, *looked], text=True, errors="replace", capture_output=True)
    found = re.findall(
        r"Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+)", told.stderr
    )
    if not found:
        return 0, 0, 0
    top, bottom, progressive = map(int, found[-1])  # FFmpeg 9 also tells of a graph it discarded
    return top, bottom, progressive
