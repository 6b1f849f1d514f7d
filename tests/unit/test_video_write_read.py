"""Writing and reading: sizes, rates, exactness, colours, and nothing left behind on failure."""

import contextlib
import os
from fractions import Fraction

import av
import cv2
import decord
import numpy as np
import pytest

from understudy.errors import UserError
from understudy.video import read, write
from understudy.video.probe import probe
from understudy.video.read import read_frames, read_rgba
from understudy.video.write import VideoWriter, exact_rate


def noise(n, height, width, channels, seed=0):
    return np.random.default_rng(seed).integers(
        0, 256, (n, height, width, channels), dtype=np.uint8
    )


def ramps(n, height, width):
    """Smooth saturated colours that 4:2:0 keeps nearly whole."""
    y, x = np.mgrid[:height, :width]
    red, green = 255 * x // (width - 1), 255 * y // (height - 1)
    return np.stack([np.stack([red, green, 0 * x + 40 * i], -1) for i in range(n)]).astype(np.uint8)


@pytest.mark.parametrize("fps", [18, 25, 12.5, Fraction(30000, 1001), 60])
def test_master_is_lossless_and_keeps_the_rate(tmp_path, fps):
    frames = noise(7, 38, 51, 4)
    with VideoWriter(tmp_path / "master.mkv", 51, 38, fps, codec="rgba") as video:
        video.write(frames[:3])
        video.write(frames[3])
        video.write(frames[4:])
    assert np.array_equal(np.stack(list(read_rgba(tmp_path / "master.mkv"))), frames)
    assert probe(tmp_path / "master.mkv").fps == exact_rate(fps)


@pytest.mark.parametrize("width", [48, 72, 96, 98, 130])
@pytest.mark.parametrize("fps", [18, Fraction(24000, 1001)])
def test_h264_keeps_colours_count_and_rate(tmp_path, width, fps):
    frames = ramps(5, 64, width)
    with VideoWriter(tmp_path / "clip.mp4", width, 64, fps, crf=8) as video:
        video.write(frames)
    read = read_frames(tmp_path / "clip.mp4")
    assert read.shape == frames.shape and read.dtype == np.uint8
    assert np.abs(read.astype(int) - frames).mean() < 2.5
    assert probe(tmp_path / "clip.mp4").fps == exact_rate(fps)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.pix_fmt, context.colorspace, context.color_range) == ("yuv420p", 1, 1)


def test_decord_and_pyav_agree_on_our_clips(tmp_path):
    with VideoWriter(tmp_path / "clip.mp4", 130, 64, 25, crf=8) as video:
        video.write(ramps(9, 64, 130))
    with av.open(str(tmp_path / "clip.mp4")) as container:
        by_av = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
    by_decord = decord.VideoReader(str(tmp_path / "clip.mp4")).get_batch(range(9)).asnumpy()
    assert np.abs(by_av.astype(int) - by_decord).max() <= 3
    assert np.array_equal(read_frames(tmp_path / "clip.mp4", [7, 2, 2]), by_decord[[7, 2, 2]])


def test_a_faster_preset_writes_a_smaller_file_of_a_little_less_quality(tmp_path):
    wide = cv2.GaussianBlur(noise(1, 96, 120, 3)[0], (0, 0), 2)
    frames = np.stack([wide[:, left : left + 96] for left in range(0, 24, 2)])
    off = {}
    for preset in ("medium", "veryfast"):
        with VideoWriter(tmp_path / f"{preset}.mp4", 96, 96, 25, preset=preset) as video:
            video.write(frames)
        shown = read_frames(tmp_path / f"{preset}.mp4", range(12)).astype(float)
        off[preset] = np.sqrt(((shown - frames) ** 2).mean())
    sizes = [(tmp_path / f"{preset}.mp4").stat().st_size for preset in off]
    assert sizes[1] < sizes[0] and off["medium"] < off["veryfast"] < 1.5 * off["medium"]


def test_same_frames_same_bytes(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        with VideoWriter(tmp_path / name, 64, 64, 25) as video:
            video.write(noise(6, 64, 64, 3))
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_no_index_beyond_the_clip(tmp_path):
    with VideoWriter(tmp_path / "clip.mp4", 64, 64, 25) as video:
        video.write(noise(4, 64, 64, 3))
    with pytest.raises(IndexError, match="has 4 frames"):
        read_frames(tmp_path / "clip.mp4", [4])


def test_odd_sizes_and_wrong_frames_are_refused(tmp_path):
    with pytest.raises(ValueError, match="even"):
        VideoWriter(tmp_path / "clip.mp4", 63, 64, 25)
    with (
        pytest.raises(ValueError, match="expected uint8"),
        VideoWriter(tmp_path / "clip.mp4", 64, 64, 25) as video,
    ):
        video.write(np.zeros((64, 64, 3), np.float32))
    with (
        pytest.raises(ValueError, match="no frames"),
        VideoWriter(tmp_path / "clip.mp4", 64, 64, 25),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_failure_leaves_the_older_file_and_nothing_else(tmp_path):
    target = tmp_path / "clip.mp4"
    target.write_text("older")
    with pytest.raises(RuntimeError), VideoWriter(target, 64, 64, 25) as video:
        video.write(noise(3, 64, 64, 3))
        raise RuntimeError("the renderer failed")
    assert target.read_text() == "older" and list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(("codec", "suffix", "frames"), [("h264", ".mp4", 4), ("rgba", ".mkv", 90)])
def test_full_disk_is_one_clear_line(tmp_path, monkeypatch, codec, suffix, frames):
    """ffmpeg writes to /dev/full, which fails as a full disk does."""
    real = write.atomic_path

    @contextlib.contextmanager
    def on_full_disk(target):
        with real(target) as path:
            path.unlink()
            path.symlink_to("/dev/full")
            yield path

    for written in ("atomic_path", "scratch_path"):
        monkeypatch.setattr(write, written, on_full_disk)
    with (
        pytest.raises(UserError, match="no space left on the disk") as error,
        VideoWriter(tmp_path / f"clip{suffix}", 64, 64, 25, codec) as video,
    ):
        video.write(noise(frames, 64, 64, write.CHANNELS[codec][1]))
    assert "\n" not in str(error.value) and f"clip{suffix}" in str(error.value)
    assert not os.listdir(tmp_path)


def test_master_needs_alpha(tmp_path):
    with VideoWriter(tmp_path / "clip.mp4", 64, 64, 25) as video:
        video.write(noise(4, 64, 64, 3))
    with pytest.raises(UserError, match="no alpha channel"):
        next(read_rgba(tmp_path / "clip.mp4"))


def test_frames_are_streamed_in_the_order_asked_for(tmp_path, monkeypatch):
    """Two at a time, by decord and by PyAV."""
    monkeypatch.setattr(read, "BATCH_BYTES", 2 * 3 * 98 * 64)
    with VideoWriter(tmp_path / "clip.mp4", 98, 64, 18) as video:
        video.write(noise(9, 64, 98, 3))
    with VideoWriter(tmp_path / "clip.mkv", 98, 64, 18, codec="rgba") as video:
        video.write(noise(9, 64, 98, 4))
    for name in ("clip.mp4", "clip.mkv"):
        whole = read_frames(tmp_path / name)
        for asked in ([8, 7, 2, 2, 3], [1, 2, 8], range(9)):
            streamed = np.stack(list(read.stream_frames(tmp_path / name, asked)))
            np.testing.assert_array_equal(streamed, whole[list(asked)])
        assert list(read.stream_frames(tmp_path / name, [])) == []
        with pytest.raises(UserError, match="not all of it decodes"):
            list(read.stream_frames(tmp_path / name, [3, 9]))


def test_probe_of_our_own_clip(tmp_path):
    with VideoWriter(tmp_path / "clip.mp4", 98, 64, 18) as video:
        video.write(noise(9, 64, 98, 3))
    info = probe(tmp_path / "clip.mp4")
    assert (info.width, info.height, info.frames, info.fps) == (98, 64, 9, 18)
    assert info.seconds == pytest.approx(0.5) and info.codec == "h264"
    assert not info.has_audio and not info.variable_rate and info.rotation == 0
