"""How recognisers' videos are read: whether the frames are right, and what loading costs against
the reader that seeks with decord (as of the commit BEFORE)."""

import importlib.util
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from tests.bench.figures import ROOT
from tests.unit.numbered import FFMPEG, KINDS, film, numbers
from understudy.errors import UserError
from understudy.recognition.decoding import decode
from understudy.video.write import VideoWriter

Decode = Callable[[str, int, int], torch.Tensor]  # (path, side, most) -> (3,m,side,side) uint8

BEFORE = "128ba66"
ASKED = (8, 13, 16)  # frames of a film of at least 240
SIDE = 112  # px
FPS = 25
OURS = ((128, 128, 4), (320, 240, 2), (640, 480, 8))  # width, height px; seconds
ORDINARY = ((640, 480, 10), (640, 480, 20))
LOADS = ((224, 16), (224, 64), (96, 16))  # side px, frames: a test, a training, a leak check
ROUNDS = 5


def frames_right(read: Decode = decode) -> float:
    """Percent of the requested frames that are the right ones, over films of all KINDS; none in a
    film that cannot be read."""
    right = []
    with tempfile.TemporaryDirectory() as folder:
        for name in KINDS:
            numbered = film(Path(folder), name)
            for most in ASKED:
                try:
                    found = numbers(read(str(numbered.path), SIDE, most).numpy())
                except UserError:
                    found = [-1] * most
                right += numbered.right(found)
    return 100 * float(np.mean(right))


def load_ratio() -> float:
    """Time to load .mp4 files over that of the reader before: the larger one of `load_ratios`."""
    return max(load_ratios().values())


def load_ratios() -> dict[str, float]:
    """By kind of .mp4 (our own, ordinary ones with a key frame in 250): the median over rounds, in
    which the two readers take turns at each file and load."""
    before = decode_before()
    with tempfile.TemporaryDirectory() as folder:
        kinds = {
            "ours": [_ours(Path(folder), *shape) for shape in OURS],
            "ordinary": [_ordinary(Path(folder), *shape) for shape in ORDINARY],
        }
        return {kind: _ratio(decode, before, paths) for kind, paths in kinds.items()}


def decode_before() -> Decode:
    """`decode` as it was at BEFORE."""
    module = "workflow/understudy/recognition/decoding.py"  # where it was then
    command = ["git", "show", f"{BEFORE}:{module}"]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "decoding_before.py"
        path.write_bytes(text)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        before = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(before)
    return before.decode


def _ratio(now: Decode, before: Decode, paths: list[str]) -> float:
    loads = [(path, *load) for path in paths for load in LOADS]
    ratios: dict[tuple, list[float]] = {load: [] for load in loads}
    for load in loads * (ROUNDS + 1):
        ratios[load].append(_seconds(now, load) / _seconds(before, load))
    return statistics.median(ratio for measured in ratios.values() for ratio in measured[1:])


def _seconds(read: Decode, load: tuple[str, int, int]) -> float:
    started = time.perf_counter()
    read(*load)
    return time.perf_counter() - started


def _ours(folder: Path, width: int, height: int, seconds: int) -> str:
    """A video of the demo's kind: a still room, noise, something that moves."""
    rng = np.random.default_rng(0)
    room = rng.integers(30, 220, (height // 8, width // 8, 3)).repeat(8, 0).repeat(8, 1)
    path = folder / f"ours_{width}_{height}_{seconds}.mp4"
    with VideoWriter(path, width, height, FPS) as video:
        for t in range(FPS * seconds):
            frame = room + rng.normal(0, 2, room.shape)
            left = width // 8 + t * width // 2 // (FPS * seconds)
            frame[height // 4 : -height // 8, left : left + width // 8] = (200, 120, 60)
            video.write(frame.clip(0, 255).astype(np.uint8))
    return str(path)


def _ordinary(folder: Path, width: int, height: int, seconds: int) -> str:
    """A video with sound as ffmpeg writes it by default: a test image, noise."""
    path = folder / f"ordinary_{width}_{height}_{seconds}.mp4"
    picture = f"testsrc2=s={width}x{height}:r={FPS}:d={seconds},noise=alls=6:allf=t,format=yuv420p"
    inputs = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=d={seconds}")
    command = [FFMPEG, "-loglevel", "error", *inputs, "-c:v", "libx264", "-c:a", "aac", path]
    subprocess.run(command, check=True)
    return str(path)
