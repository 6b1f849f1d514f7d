"""Frames of whole videos, decoded with decord and resized to a square while they are (the paper
resizes to 224 × 224)."""

import decord
import numpy as np
import torch
from torch.nn.functional import interpolate

from understudy.errors import UserError
from understudy.progress import progress
from understudy.recognition.selection import Clip

DECORD_MIN_SIDE = 96  # decord 0.6.0 misreads the padded rows of narrower frames


class FrameStore:
    """Small videos: index -> (3,m,s,s) uint8, m ≤ `most` evenly spaced frames.

    Each video is decoded once and kept where all of them fit in `cache_gb`, and again at each
    use where they do not.
    """

    def __init__(self, clips: list[Clip], side: int, most: int, cache_gb: float, title: str):
        self.paths = [clip.path for clip in clips]
        self.side = side
        self.most = most
        self.cache: list[torch.Tensor] | None = None
        if len(clips) * most * 3 * side**2 <= cache_gb * 1e9:
            paths = progress(self.paths, f"decoding {title} videos", unit="video")
            self.cache = [decode(path, side, most) for path in paths]

    def __getitem__(self, index: int) -> torch.Tensor:
        if self.cache is not None:
            return self.cache[index]
        return decode(self.paths[index], self.side, self.most)


def decode(path: str, side: int, most: int) -> torch.Tensor:
    """At most `most` evenly spaced frames of a video, resized: (3,m,side,side) uint8.

    Raises UserError for a video that cannot be read.
    """
    decoded = max(side, DECORD_MIN_SIDE)
    try:
        reader = decord.VideoReader(str(path), width=decoded, height=decoded, num_threads=1)
        count = min(len(reader), most)
        indices = np.linspace(0, len(reader) - 1, count).round().astype(int)
        frames = reader.get_batch(indices).asnumpy()
    except (decord.DECORDError, RuntimeError, OSError, ValueError) as error:
        raise UserError(
            f"{path}: the recogniser cannot read this video; delete it and rerun"
        ) from error
    video = torch.from_numpy(frames).permute(0, 3, 1, 2)
    if side < decoded:
        video = interpolate(video.float(), (side, side), mode="bilinear", antialias=True)
        video = video.round().byte()
    return video.transpose(0, 1).contiguous()
