"""Frames into video files: H.264 for viewing and training, FFV1 with alpha to composite from."""

import contextlib
import subprocess
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import ffmpeg
import imageio_ffmpeg
import numpy as np

from understudy.files import atomic_path, scratch_path
from understudy.video.settings import CRF

BT709 = {
    "vf": "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int",
    "colorspace": "bt709",
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "color_range": "tv",
}
# A fixed number of encoder threads: the same frames give the same bytes on any machine.
COMMON = {"threads": 4, "fflags": "+bitexact", "flags:v": "+bitexact"}
CODECS = {
    "h264": {
        "c:v": "libx264",
        "pix_fmt": "yuv420p",
        "g": 50,  # a key frame at least this often: samplers seek
        "movflags": "+faststart",
        **BT709,
    },
    "rgba": {"c:v": "ffv1", "pix_fmt": "bgra", "level": 3, "slices": 4, "g": 1},
}
CHANNELS = {"h264": ("rgb24", 3), "rgba": ("rgba", 4)}


def exact_rate(fps: Fraction | float) -> Fraction:
    """A frame rate as a fraction: 29.97002997 -> 30000/1001, 18 -> 18/1."""
    rate = Fraction(fps).limit_denominator(1001)
    if rate <= 0:
        raise ValueError(f"a frame rate must be positive, got {fps}")
    return rate


class VideoWriter:
    """A context manager that encodes frames as they come and leaves a complete file or none.

    codec "h264" (.mp4, RGB in, yuv420p BT.709 out) needs even sizes and refuses odd ones;
    "rgba" (.mkv, lossless FFV1) keeps four channels unchanged: by convention premultiplied
    colour and alpha. crf, preset: x264's quality, and how much time it may take to make the file
    small. Raises UserError on a full disk.

        with VideoWriter("out.mp4", 512, 512, fps=25) as video:
            video.write(frames)  # uint8 (n,h,w,3), or one (h,w,3)
    """

    def __init__(
        self,
        path: Path | str,
        width: int,
        height: int,
        fps: Fraction | float,
        codec: str = "h264",
        crf: int = CRF,
        preset: str = "medium",
    ) -> None:
        if codec == "h264" and (width % 2 or height % 2):
            raise ValueError(f"{path}: H.264 in yuv420p needs even sizes, got {width}x{height}")
        self.path, self.width, self.height = Path(path), width, height
        self.fps, self.codec = exact_rate(fps), codec
        self.crf, self.preset = crf, preset
        self.frames = 0
        self._files = contextlib.ExitStack()

    def __enter__(self) -> "VideoWriter":
        beside = scratch_path if self.codec == "rgba" else atomic_path
        temporary = self._files.enter_context(beside(self.path))
        options = dict(CODECS[self.codec], **COMMON)
        if self.codec == "h264":
            options |= {"crf": self.crf, "preset": self.preset}
        command = (
            ffmpeg.input(
                "pipe:",
                format="rawvideo",
                pix_fmt=CHANNELS[self.codec][0],
                s=f"{self.width}x{self.height}",
                r=str(self.fps),
            )
            .output(f"file:{temporary}", **options)
            .global_args("-loglevel", "error")
            .overwrite_output()
            .compile(cmd=imageio_ffmpeg.get_ffmpeg_exe())
        )
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self._process.stdin and self._process.stderr
        self._stdin, self._stderr = self._process.stdin, self._process.stderr
        self._files.callback(self._stop)
        return self

    def write(self, frames: np.ndarray) -> None:
        """Append uint8 frames (n,h,w,c) or one frame (h,w,c); c is 3 for h264, 4 for rgba."""
        frames = frames[None] if frames.ndim == 3 else frames
        expected = (self.height, self.width, CHANNELS[self.codec][1])
        if frames.dtype != np.uint8 or frames.shape[1:] != expected:
            raise ValueError(
                f"{self.path}: expected uint8 frames {expected}, "
                f"got {frames.dtype} {frames.shape[1:]}"
            )
        try:
            for frame in frames:  # one at a time: no copy of a whole non-contiguous batch
                self._stdin.write(np.ascontiguousarray(frame).data)
        except OSError as error:  # ffmpeg has exited: say why, not "broken pipe"
            raise self._failure(self._stderr.read()) from error
        self.frames += len(frames)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        if error is not None:
            return self._files.__exit__(kind, error, trace)
        with self._files:
            self._finish()
        return None

    def _finish(self) -> None:
        with contextlib.suppress(OSError):  # a pipe broken by the last flush: judged just below
            self._stdin.close()
        message = self._stderr.read()
        if self._process.wait() != 0:
            raise self._failure(message)
        if self.frames == 0:
            raise ValueError(f"{self.path}: no frames were written")

    def _stop(self) -> None:
        """Stop ffmpeg if it is still running, and release its pipes."""
        self._process.kill()
        for pipe in (self._stdin, self._stderr):
            with contextlib.suppress(OSError):
                pipe.close()
        self._process.wait()

    def _failure(self, message: bytes) -> RuntimeError:
        """With ffmpeg's words, from which atomic_path knows a full disk."""
        text = message.decode(errors="replace").strip()
        return RuntimeError(f"{self.path}: ffmpeg failed: {text}")
