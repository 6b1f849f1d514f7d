"""What cannot be used is refused where it enters: one line that names the file and what to do."""

import shutil
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest

from understudy.errors import UserError
from understudy.video.normalise import normalise_video
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.settings import NormaliseSettings
from understudy.video.write import VideoWriter

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def ffmpeg(*arguments):
    subprocess.run([FFMPEG, "-y", "-loglevel", "error", *map(str, arguments)], check=True)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Forty noisy frames with sound, in their own folder, in several containers."""
    folder = tmp_path_factory.mktemp("clips")
    with VideoWriter(folder / "silent.mp4", 64, 64, 10) as video:
        video.write(np.random.default_rng(0).integers(0, 256, (40, 64, 64, 3), dtype=np.uint8))
    sound = ("-f", "lavfi", "-i", "sine=d=4", "-c:v", "copy")
    ffmpeg("-i", folder / "silent.mp4", *sound, "-movflags", "+faststart", folder / "front.mp4")
    ffmpeg("-i", folder / "silent.mp4", *sound, folder / "back.mp4")
    ffmpeg("-i", folder / "silent.mp4", *sound, folder / "clip.mkv")
    ffmpeg("-i", folder / "front.mp4", "-c:v", "mpeg4", folder / "clip.avi")
    return folder


def refused(path, *words):
    """probe, read_frames and normalise_video all refuse `path` in one line containing `words`."""
    out = path.parent / "out"
    for use in (
        probe,
        read_frames,
        lambda p: normalise_video(
            p, out / "v.mp4", out / "v.json", NormaliseSettings(1, 10, "trim")
        ),
    ):
        with pytest.raises(UserError) as error:
            use(path)
        line = str(error.value)
        assert "\n" not in line and line.startswith(f"{path}: "), line
        assert all(word in line for word in words), line
        assert ";" in line, "says what to do"
    assert not out.exists() or not list(out.iterdir())


def test_missing(tmp_path):
    refused(tmp_path / "none.mp4", "no such file", "check the path")


def test_folder(tmp_path):
    (tmp_path / "folder.mp4").mkdir()
    refused(tmp_path / "folder.mp4", "folder")


def test_zero_bytes(tmp_path):
    (tmp_path / "empty.mp4").touch()
    refused(tmp_path / "empty.mp4", "empty (0 bytes)")


def test_text_named_mp4(tmp_path):
    (tmp_path / "text.mp4").write_text("This is not a video.\n" * 100)
    refused(tmp_path / "text.mp4", "is not a video")


@pytest.mark.parametrize("name", ["front.mp4", "back.mp4", "clip.mkv", "clip.avi"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.8])
def test_truncated(clip, tmp_path, name, share):
    whole = (clip / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
    refused(tmp_path / name)


def test_damaged_in_the_middle(clip, tmp_path):
    """The header is whole, so it is the packets that show it; nothing half-made is left."""
    whole = bytearray((clip / "front.mp4").read_bytes())
    middle = slice(len(whole) // 2, len(whole) // 2 + len(whole) // 10)
    whole[middle] = np.random.default_rng(0).bytes(len(whole[middle]))
    path = tmp_path / "damaged.mp4"
    path.write_bytes(whole)
    out = tmp_path / "out"
    with pytest.raises(UserError, match="is damaged at frame"):
        normalise_video(path, out / "v.mp4", out / "v.json", NormaliseSettings(9, 10, "trim"))
    assert not out.exists() or not list(out.iterdir())
    with pytest.raises(UserError, match="is damaged"):
        read_frames(path)


def test_one_frame(clip, tmp_path):
    ffmpeg("-i", clip / "silent.mp4", "-frames:v", 1, tmp_path / "one.mp4")
    refused(tmp_path / "one.mp4", "single frame")


def test_sound_only(clip, tmp_path):
    ffmpeg("-i", clip / "back.mp4", "-vn", tmp_path / "sound.mp4")
    refused(tmp_path / "sound.mp4", "no video stream")


def test_image_as_video(clip, tmp_path):
    ffmpeg("-i", clip / "silent.mp4", "-frames:v", 1, tmp_path / "image.png")
    shutil.copy(tmp_path / "image.png", tmp_path / "image.mp4")
    refused(tmp_path / "image.mp4", "single frame")


@pytest.mark.parametrize("name", ["front.mp4", "clip.mkv", "clip.avi"])
def test_whole_clips_are_accepted(clip, name):
    info = probe(clip / name)
    assert (info.frames, info.has_audio) == (40, True)
