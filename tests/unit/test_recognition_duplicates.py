"""Copies of test videos are found by the files' content, whatever they are called."""

import shutil
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest

from understudy.recognition.duplicates import copies, fingerprints
from understudy.video.write import VideoWriter

SIZE, FRAMES = 160, 30


def write_clip(path, seed: int, scene: int = 0):
    """A figure of three blobs that sways by `seed` in front of the still background of `scene`."""
    room, rng = np.random.default_rng(scene), np.random.default_rng([7, seed])
    coarse = room.integers(40, 200, (8, 8, 3))
    background = np.kron(coarse, np.ones((SIZE // 8, SIZE // 8, 1))).astype(np.uint8)
    rate, phase, reach = rng.uniform(0.5, 2, 3), rng.uniform(0, 6, 3), rng.uniform(15, 40, 3)
    noise = np.random.default_rng([9, seed])
    y, x = np.mgrid[:SIZE, :SIZE]
    with VideoWriter(path, SIZE, SIZE, fps=10) as video:
        for t in range(FRAMES):
            frame = background.copy()
            for k in range(3):
                middle = 80 + reach[k] * np.sin(rate[k] * t / 4 + phase[k])
                frame[(x - middle) ** 2 + (y - 40 - 40 * k) ** 2 < 14**2] = (230, 60 * k, 90)
            noisy = frame + noise.normal(0, 2, frame.shape)
            video.write(noisy.clip(0, 255).astype(np.uint8)[None])
    return str(path)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Six performances in one room, one of the first again in another."""
    folder = tmp_path_factory.mktemp("clips")
    paths = [write_clip(folder / f"{seed}.mp4", seed) for seed in range(6)]
    return [*paths, write_clip(folder / "elsewhere.mp4", 0, scene=5)]


def found(tests, others):
    prints, unread = fingerprints([*tests, *others])
    assert not unread
    return copies(tests, others, prints)


def test_different_performances_in_one_room_are_no_copies(clips):
    for number, clip in enumerate(clips):
        assert found([clip], clips[:number] + clips[number + 1 :]) == []


def test_the_same_file_under_another_name_is_found(clips, tmp_path):
    shutil.copy(clips[1], tmp_path / "other.mp4")
    (copy,) = found([clips[0], str(tmp_path / "other.mp4")], clips)[1:]
    assert (copy.other, copy.how) == (clips[1], "the same file")


@pytest.mark.parametrize(
    "options",
    [
        ["-crf", "36"],
        ["-vf", "scale=96:128", "-crf", "28"],
        ["-r", "7"],
        ["-vf", "eq=brightness=0.08:contrast=0.8", "-crf", "30"],
        ["-c:v", "mpeg4", "-q:v", "9"],
    ],
    ids=["quality", "size", "rate", "colour", "codec"],
)
def test_a_re_encoded_copy_is_found(clips, tmp_path, options):
    copy = str(tmp_path / "copy.mp4")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", clips[2], *options, copy]
    subprocess.run(command, check=True)
    (seen,) = found([copy], clips)
    assert seen.other == clips[2] and seen.how.startswith("the same frames")


def test_what_cannot_be_read_is_passed_over(clips, tmp_path):
    (tmp_path / "text.mp4").write_text("no video")
    bad = [str(tmp_path / "text.mp4"), str(tmp_path / "absent.mp4")]
    prints, unread = fingerprints([*clips[:2], *bad], workers=2)
    assert list(unread) == bad and list(prints) == clips[:2]
    assert all(why.startswith(f"{path}: ") and ";" in why for path, why in unread.items())
    assert copies([clips[0], *bad], [clips[1], *bad], prints) == []


def test_nothing_moving_resembles_nothing(tmp_path):
    for name, shade in (("a", 90), ("b", 150)):
        with VideoWriter(tmp_path / f"{name}.mp4", SIZE, SIZE, fps=10) as video:
            video.write(np.full((8, SIZE, SIZE, 3), shade, np.uint8))
    paths = [str(tmp_path / f"{name}.mp4") for name in "ab"]
    assert found(paths[:1], paths[1:]) == []
