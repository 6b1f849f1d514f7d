"""What a recogniser is shown of a video: the right frames, in whatever container."""

import shutil
import struct
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.numbered import FFMPEG, KINDS, film, numbers, picture
from understudy.errors import UserError
from understudy.recognition.decoding import decode, evenly
from understudy.video.probe import probe
from understudy.video.write import VideoWriter


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("films")


@pytest.mark.parametrize("name", KINDS)
def test_every_frame_is_the_right_one(folder, name):
    numbered = film(folder, name)
    for side, most in ((112, 8), (74, 13), (225, 64)):
        frames = decode(str(numbered.path), side, most)
        assert frames.shape == (3, most, side, side) and frames.is_contiguous()
        assert all(numbered.right(numbers(frames.numpy()))), numbers(frames.numpy())


@pytest.mark.parametrize("name", KINDS)
def test_films_hold_what_they_are_said_to(folder, name):
    """Against ffmpeg's own player, to which frames belong in which order and which way up."""
    numbered = film(folder, name)
    options = ("-fps_mode", "passthrough", "-vf", "scale=96:96", "-f", "rawvideo")
    played = subprocess.run(
        [FFMPEG, "-loglevel", "error", "-i", numbered.path, *options, "-pix_fmt", "rgb24", "-"],
        capture_output=True,
        check=True,
    ).stdout
    frames = np.frombuffer(played, np.uint8).reshape(-1, 96, 96, 3)
    assert numbers(frames.transpose(3, 0, 1, 2)) == list(numbered.times)
    assert len(numbered.times) >= 240
    assert probe(numbered.path).frames == len(numbered.times)


def test_an_edit_list_may_end_a_clip_early(folder, tmp_path):
    """As phones trim: all frames stay in the file, and 4 of the 9.6 s are shown."""
    path = tmp_path / "trimmed.mp4"
    boxes = bytearray(film(folder, "mp4").path.read_bytes())
    for name, at in ((b"elst", 12), (b"mvhd", 20), (b"tkhd", 24)):
        struct.pack_into(">I", boxes, boxes.find(name) + at, 4000)  # ms
    path.write_bytes(boxes)
    assert numbers(decode(str(path), 64, 8).numpy()) == [0, 14, 28, 42, 57, 71, 85, 99]
    assert (probe(path).frames, probe(path).seconds) == (100, 4)


def test_our_own_clips(tmp_path):
    with VideoWriter(tmp_path / "clip.mp4", 128, 96, fps=25) as video:
        video.write(np.stack([picture(n, 128, 96) for n in range(120)]))
    frames = decode(str(tmp_path / "clip.mp4"), 64, 8)
    assert numbers(frames.numpy()) == [0, 17, 34, 51, 68, 85, 102, 119]


def test_a_short_clip_is_given_whole(tmp_path):
    with VideoWriter(tmp_path / "clip.mp4", 64, 64, fps=25) as video:
        video.write(np.stack([picture(n, 64, 64) for n in range(5)]))
    assert numbers(decode(str(tmp_path / "clip.mp4"), 64, 64).numpy()) == [0, 1, 2, 3, 4]


@given(st.lists(st.integers(0, 100), min_size=2, max_size=60).map(sorted), st.integers(1, 20))
def test_frames_are_the_nearest_in_time(times, most):
    chosen = evenly(times, most)
    assert len(chosen) == min(most, len(times)) and chosen == sorted(chosen)
    if times[0] < times[-1]:
        for moment, index in zip(
            np.linspace(times[0], times[-1], len(chosen)), chosen, strict=True
        ):
            assert abs(times[index] - moment) <= min(abs(t - moment) for t in times) + 1e-3


@pytest.mark.parametrize("times", [[1, 2, 4, 3, 6, 5, 8, 7, 9], [4] * 9])
def test_without_usable_times_frames_go_by_number(times):
    assert evenly(times, 3) == [0, 4, 8]


@pytest.mark.parametrize(("name", "share"), [("mp4", 0.5), ("avi, MPEG-4", 0.5), ("webm", 0.6)])
def test_a_video_that_is_cut_short_is_one_line(folder, tmp_path, name, share):
    whole = film(folder, name).path.read_bytes()
    path = tmp_path / f"cut.{KINDS[name].suffix}"
    path.write_bytes(whole[: int(len(whole) * share)])
    refused(path)


def test_a_damaged_video_is_one_line(tmp_path):
    path = tmp_path / "damaged.mp4"
    with VideoWriter(path, 64, 64, fps=10) as video:
        video.write(np.random.default_rng(0).integers(0, 256, (40, 64, 64, 3), dtype=np.uint8))
    whole = bytearray(path.read_bytes())
    middle = slice(len(whole) // 2, len(whole) // 2 + len(whole) // 10)
    whole[middle] = np.random.default_rng(0).bytes(len(whole[middle]))
    path.write_bytes(whole)
    refused(path)


def test_what_is_no_video_is_one_line(tmp_path):
    (tmp_path / "text.mp4").write_text("not a video")
    shutil.copy(tmp_path / "text.mp4", tmp_path / "text.avi")
    for name in ("text.mp4", "text.avi", "missing.mp4"):
        refused(tmp_path / name)


def refused(path):
    with pytest.raises(UserError) as error:
        decode(str(path), 64, 4)
    line = str(error.value)
    assert line.startswith(f"{path}: ") and ";" in line and "\n" not in line
    assert "delete" not in line  # it may be the only one
