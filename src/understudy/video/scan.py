"""Whether a video is interlaced without saying so, by FFmpeg's filter idet."""

import re
import subprocess

import imageio_ffmpeg

from understudy.video.shown import Film

LOOKED_AT = 120  # frames
TALLEST = 1088  # px, of stored frames: nothing taller was ever filmed interlaced
SURE = 0.8  # of the frames that move: all of the same field first


def woven(film: Film) -> bool:
    """Whether most frames among the first that move look woven of two moments, with one and the
    same field first."""
    info = film.info
    if min(info.width, info.height) > TALLEST:
        return False
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-i", str(film.path)]
    looked = ["-map", "0:v:0", "-frames:v", str(LOOKED_AT), "-vf", "idet", "-f", "null", "-"]
    told = subprocess.run([*command, *looked], text=True, errors="replace", capture_output=True)
    found = re.search(
        r"Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+)", told.stderr
    )
    if not found:
        return False
    top, bottom, progressive = map(int, found.groups())
    return max(top, bottom) > SURE * (top + bottom + progressive)
