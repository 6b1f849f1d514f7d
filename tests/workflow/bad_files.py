"""Bad input of every kind, beside the good files of a finished run."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from workflow_tools import Checkout

from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter


def source_of(checkout: Checkout, reference: str) -> Path:
    rows = [line.split("\t") for line in checkout.table("references").read_text().splitlines()]
    return checkout.folder / next(row[1] for row in rows if row[0] == reference)


def make_bad_videos(bad: Path, checkout: Checkout) -> None:
    good = source_of(checkout, "bow")
    (bad / "empty.mp4").touch()
    (bad / "cut.mp4").write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    (bad / "text.mp4").write_text("not a video\n" * 100)
    for name, seconds in (("nobody", 2), ("one_frame", 0.125)):
        source = f"color=gray:s=192x192:d={seconds}:r=8"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", source]
        subprocess.run([*command, bad / f"{name}.mp4"], check=True)
    people = [read_frames(source_of(checkout, name)) for name in ("wave", "bow")]
    together = np.concatenate(people, axis=2)
    height, width = together.shape[1:3]
    with VideoWriter(bad / "two_people.mp4", width, height, probe(good).fps) as video:
        video.write(together)


def make_bad_image(path: Path, whole: Path) -> None:
    content = whole.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def for_another_body(path: Path) -> None:
    """Rewrite a feature file as if it were made for another body model."""
    stored = load_arrays(path, "expression")
    save_arrays(path, stored.arrays, {**stored.about, "body": "another-0123456789ab"})
