"""Normal form: which moments are shown, at what speed, size and turn. Frame i of a source is a
grey of level 10 + 3·i, so a decoded frame says which source frame it shows."""

import subprocess
from fractions import Fraction

import av
import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.errors import UserError
from understudy.files import read_json
from understudy.video.normalise import normalise_video, plan_framing
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.settings import NormaliseSettings
from understudy.video.write import VideoWriter

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SIZE = 32


def grey_frames(n, width=SIZE, height=SIZE):
    levels = (10 + 3 * np.arange(n)).astype(np.uint8)
    return np.broadcast_to(levels[:, None, None, None], (n, height, width, 3))


def shown(path):
    """The source frame numbers that a clip of grey frames shows."""
    return np.rint((read_frames(path).mean((1, 2, 3)) - 10) / 3).astype(int).tolist()


@pytest.fixture
def normalise(tmp_path):
    def run(source, **options):
        chosen = NormaliseSettings(
            **({"seconds": 2, "fps": 10, "policy": "trim", "crf": 5} | options)
        )
        note = normalise_video(source, tmp_path / "out.mp4", tmp_path / "out.json", chosen)
        assert note == read_json(tmp_path / "out.json")
        info = probe(tmp_path / "out.mp4")
        assert (info.frames, info.width, info.height) == (
            note["frames"],
            note["width"],
            note["height"],
        )
        assert float(info.fps) == pytest.approx(note["fps"])
        assert not info.has_audio and info.orientation.identity and not info.variable_rate
        return note, tmp_path / "out.mp4"

    return run


@pytest.fixture
def source(tmp_path):
    """Four seconds at 20 frames per second."""
    with VideoWriter(tmp_path / "source.mp4", SIZE, SIZE, 20, crf=5) as video:
        video.write(grey_frames(80))
    return tmp_path / "source.mp4"


def test_trim_takes_the_beginning_at_its_own_speed(normalise, source):
    note, out = normalise(source, policy="trim")
    assert shown(out) == list(range(0, 40, 2))
    assert note["speed"] == 1 and note["first_source_frame"] == 0
    assert note["last_source_frame"] == 38 and note["last_source_second"] == pytest.approx(1.9)


def test_resample_squeezes_the_whole_clip_and_says_so(normalise, source):
    note, out = normalise(source, policy="resample")
    assert shown(out) == list(range(0, 80, 4))
    assert note["speed"] == 2 and note["seconds"] == 2


def test_keep_keeps_length_and_speed(normalise, source):
    note, out = normalise(source, policy="keep")
    assert shown(out) == list(range(0, 80, 2)) and note["speed"] == 1


@pytest.mark.parametrize("policy", ["resample", "trim", "keep"])
def test_a_shorter_clip_keeps_length_and_speed(normalise, source, policy):
    note, out = normalise(source, policy=policy, seconds=30)
    assert shown(out) == list(range(0, 80, 2))
    assert note["speed"] == 1 and note["seconds"] == 4


def test_a_higher_rate_repeats_frames(normalise, source):
    _, out = normalise(source, policy="trim", fps=40, seconds=1)
    assert shown(out) == [i // 2 for i in range(40)]


def test_same_rate_is_frame_for_frame(normalise, source):
    _, out = normalise(source, policy="keep", fps=20)
    assert shown(out) == list(range(80))


def test_start_and_end_cut_the_source(normalise, source):
    note, out = normalise(source, start=1.0, end=2.5, policy="keep")
    assert shown(out) == list(range(20, 50, 2))
    assert note["first_source_frame"] == 20 and note["settings"]["start"] == 1.0
    note, out = normalise(source, start=1.0, end=2.5, policy="resample", seconds=0.5)
    assert shown(out) == list(range(20, 50, 6)) and note["speed"] == 3


@pytest.mark.parametrize(
    ("start", "end", "words"), [(4.5, None, "start"), (2, 1, "end"), (3.9, None, "not a clip")]
)
def test_an_empty_part_is_refused(normalise, source, start, end, words):
    with pytest.raises(UserError, match=words) as error:
        normalise(source, start=start, end=end)
    assert str(error.value).startswith(str(source))
    assert [path.name for path in source.parent.iterdir()] == ["source.mp4"]


def test_variable_rate_goes_by_the_clock(normalise, tmp_path):
    """A second at 20 frames per second, then a second at 5: motion keeps its speed."""
    ticks = [50 * i for i in range(20)] + [1000 + 200 * i for i in range(5)]
    path = tmp_path / "variable.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=1000, options={"crf": "5"})
        stream.width = stream.height = SIZE
        stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, 1000)
        for tick, image in zip(ticks, grey_frames(25), strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.pts, frame.time_base = tick, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    info = probe(path)
    assert info.variable_rate and info.frames == 25
    note, out = normalise(path)
    expected = [
        *range(0, 20, 2),
        20,
        20,
        21,
        21,
        22,
        22,
        23,
        23,
        24,
    ]  # the last stays for a median step
    assert shown(out) == expected and note["source"]["variable_rate"]


def test_a_millisecond_clock_is_not_a_variable_rate(tmp_path, normalise):
    with VideoWriter(tmp_path / "a.mkv", SIZE, SIZE, Fraction(30000, 1001), codec="rgba") as video:
        video.write(np.zeros((12, SIZE, SIZE, 4), np.uint8))
    assert not probe(tmp_path / "a.mkv").variable_rate


TURNS = {
    "r90": ["-display_rotation", "90"],
    "r180": ["-display_rotation", "180"],
    "r270": ["-display_rotation", "270"],
    "mirror": ["-display_hflip"],
    "mirror90": ["-display_rotation", "90", "-display_hflip"],
}


@pytest.mark.parametrize("turn", TURNS)
def test_turned_clips_come_out_upright(normalise, tmp_path, turn):
    """As ffmpeg's own player shows them, through normalise_video and through read_frames."""
    y, x = np.mgrid[:98, :130]
    frames = np.repeat(np.stack([x, 2 * y, 128 + 0 * x], -1)[None], 10, 0).astype(np.uint8)
    with VideoWriter(tmp_path / "flat.mp4", 130, 98, 10, crf=5) as video:
        video.write(frames)
    path = tmp_path / "turned.mp4"
    command = [FFMPEG, "-loglevel", "error", *TURNS[turn], "-i", tmp_path / "flat.mp4"]
    subprocess.run([*command, "-c", "copy", path], check=True)
    info = probe(path)
    exact = ("-vf", "scale=flags=accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24")
    raw = subprocess.run(
        [FFMPEG, "-loglevel", "error", "-i", path, *exact, "-f", "rawvideo", "-"],
        check=True,
        capture_output=True,
    ).stdout
    seen = np.frombuffer(raw, np.uint8).reshape(10, info.height, info.width, 3).astype(int)
    note, out = normalise(path)
    assert np.abs(read_frames(path) - seen).max() <= 4
    assert np.abs(read_frames(out) - seen).mean() < 2
    assert note["source"]["rotation"] == {"r90": 90, "r180": 180, "r270": 270, "mirror": 0}.get(
        turn, note["source"]["rotation"]
    )
    assert note["source"]["mirrored"] == turn.startswith("mirror")


def test_pixels_that_are_not_square_are_stretched(normalise, tmp_path, source):
    path = tmp_path / "wide.mp4"
    subprocess.run(
        [FFMPEG, "-loglevel", "error", "-i", source, "-c", "copy", "-aspect", "2:1", path],
        check=True,
    )
    note, _ = normalise(path)
    assert (note["width"], note["height"]) == (2 * SIZE, SIZE)


def test_odd_sizes_lose_an_edge_not_sharpness(normalise, tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, (10, 33, 51, 3), dtype=np.uint8)
    raw = tmp_path / "odd.mkv"
    with VideoWriter(raw, 51, 33, 10, codec="rgba") as video:
        video.write(np.concatenate([frames, np.full((10, 33, 51, 1), 255, np.uint8)], -1))
    note, _ = normalise(raw)
    assert (note["width"], note["height"], note["content"]) == (50, 32, [0, 0, 50, 32])


def test_square_pads_with_black(normalise, tmp_path):
    with VideoWriter(tmp_path / "wide.mp4", 96, 48, 10) as video:
        video.write(np.full((10, 48, 96, 3), 200, np.uint8))
    note, out = normalise(tmp_path / "wide.mp4", square=True, size=64)
    assert (note["width"], note["height"], note["content"]) == (64, 64, [0, 16, 64, 32])
    frame = read_frames(out)[0].astype(int)
    assert frame[:14].max() < 20 and frame[50:].max() < 20 and abs(frame[20:44] - 200).max() < 20


def test_only_the_pictured_part_is_decoded_late(normalise, source):
    """The last moment falls within the last frame's time on screen."""
    _, out = normalise(source, policy="keep", start=3.5, fps=30)
    assert shown(out)[-1] == 79


@settings(deadline=None)
@given(
    st.integers(2, 4000),
    st.integers(2, 4000),
    st.one_of(st.none(), st.integers(2, 2000)),
    st.booleans(),
)
def test_any_size_comes_out_even_bounded_and_in_proportion(width, height, size, square):
    layout = plan_framing(width, height, size, square)
    x, y, w, h = layout.content
    assert all(side % 2 == 0 and side >= 2 for side in layout.canvas)
    assert x + w <= layout.canvas[0] and y + h <= layout.canvas[1]
    assert (w <= width and h <= height) or min(w, h) == 2
    assert max(layout.canvas) <= max(size or max(width, height), 2)
    assert abs(w - width * h / height) <= 2 + 2 * width / height
    if square:
        assert layout.canvas[0] == layout.canvas[1]
    image = np.zeros((layout.scaled[1], layout.scaled[0], 3), np.uint8)
    if image.size < 1_000_000:
        assert layout.place(image).shape[:2] == layout.canvas[::-1]
