"""Choice of backgrounds, how images are fitted, and the compositor against exact arithmetic."""

import subprocess
import sys
import tracemalloc
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from understudy.errors import UserError
from understudy.scene.backgrounds import choose_backgrounds
from understudy.scene.composite import composite_background, over
from understudy.scene.images import read_background
from understudy.scene.settings import CompositeSettings
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

SOURCE = Path(__file__).resolve().parents[2] / "src"
names = st.text("abcxyz019_-", min_size=1, max_size=6)
pools = st.lists(names, min_size=1, max_size=12, unique=True)


@given(st.integers(0, 9), names, names, pools, st.data())
def test_choice_is_g_distinct_and_independent_of_order(seed, reference, identity, pool, data):
    g = data.draw(st.integers(0, len(pool)))
    chosen = choose_backgrounds(seed, reference, identity, pool, g)
    assert len(chosen) == len(set(chosen)) == g and set(chosen) <= set(pool)
    shuffled = data.draw(st.permutations(pool))
    assert choose_backgrounds(seed, reference, identity, shuffled, g) == chosen
    assert choose_backgrounds(seed, reference, identity, pool, len(pool))[:g] == chosen


@given(st.integers(0, 9), names, names, pools, names, st.data())
def test_a_new_background_changes_only_what_it_wins(seed, reference, identity, pool, new, data):
    g = data.draw(st.integers(1, len(pool)))
    before = choose_backgrounds(seed, reference, identity, pool, g)
    after = choose_backgrounds(seed, reference, identity, [*pool, new], g)
    if new in after and new not in pool:
        assert [b for b in after if b != new] == before[:-1]
    else:
        assert after == before


def test_choice_is_the_same_on_every_machine_and_day():
    pool = [f"room{i}" for i in range(8)]
    assert choose_backgrounds(0, "bow", "anna", pool, 3) == ["room0", "room3", "room1"]


def test_backgrounds_are_drawn_evenly_and_pairs_differ():
    pool = [f"room{i}" for i in range(10)]
    counts = dict.fromkeys(pool, 0)
    choices = set()
    for r in range(20):
        for i in range(20):
            chosen = choose_backgrounds(1, f"r{r}", f"i{i}", pool, 3)
            choices.add(tuple(chosen))
            for background in chosen:
                counts[background] += 1
    assert min(counts.values()) > 80 and max(counts.values()) < 160  # 120 expected
    assert len(choices) > 200
    assert choose_backgrounds(1, "a", "bc", pool, 3) != choose_backgrounds(1, "ab", "c", pool, 3)


def test_too_few_backgrounds():
    with pytest.raises(ValueError, match="cannot choose 3 of 2"):
        choose_backgrounds(0, "r", "i", ["a", "b", "a"], 3)


def test_choosing_needs_no_numpy():
    code = "import sys, understudy.scene.backgrounds; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=SOURCE)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_over_is_rounded_exact_arithmetic(seed):
    rng = np.random.default_rng(seed)
    alpha = rng.integers(0, 256, (6, 7, 1))
    colour = rng.integers(0, 256, (6, 7, 3)) * alpha // 255
    rgba = np.concatenate([colour, alpha], -1).astype(np.uint8)
    background = rng.integers(0, 256, (6, 7, 3), dtype=np.uint8)
    exact = np.minimum(colour + (1 - alpha / 255) * background.astype(float), 255)
    assert np.abs(over(rgba[None], background[None])[0] - exact).max() <= 0.5 + 1e-9
    clear = np.zeros((6, 7, 4), np.uint8)
    assert np.array_equal(over(clear[None], background[None])[0], background)
    rgba[..., 3] = 255
    assert np.array_equal(over(rgba[None], background[None])[0], rgba[..., :3])


@pytest.fixture
def picture(tmp_path):
    """A 64x32 image, left half red, right half blue, as a lossless file."""
    image = np.zeros((32, 64, 3), np.uint8)
    image[:, :32, 0], image[:, 32:, 2] = 255, 255
    Image.fromarray(image).save(tmp_path / "room.png")
    return tmp_path / "room.png"


def test_cover_cuts_contain_pads_stretch_stretches(picture):
    cover = read_background(picture, 32, 32, "cover")
    assert cover[16, 8, 0] == 255 and cover[16, 24, 2] == 255  # the middle, both halves
    assert (cover.max(-1) > 100).all()
    contain = read_background(picture, 32, 32, "contain")
    assert contain[:8].max() == 0 and contain[24:].max() == 0 and contain[16, 1, 0] == 255
    stretch = read_background(picture, 32, 32, "stretch")
    assert stretch[1, 1, 0] == 255 and stretch[30, 30, 2] == 255
    for fitted in (cover, contain, stretch):
        assert fitted.shape == (32, 32, 3) and fitted.dtype == np.uint8


def test_images_are_turned_as_their_note_asks(picture, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to display
    Image.open(picture).save(tmp_path / "turned.png", exif=exif)
    shown = read_background(tmp_path / "turned.png", 32, 64, "cover")
    assert shown[8, 16, 0] == 255 and shown[56, 16, 2] == 255


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "I;16", "CMYK", "1"])
def test_images_of_every_mode_become_rgb(tmp_path, mode):
    suffix = "tiff" if mode == "CMYK" else "png"
    Image.new(mode, (20, 20)).save(tmp_path / f"image.{suffix}")
    assert read_background(tmp_path / f"image.{suffix}", 16, 16, "cover").shape == (16, 16, 3)


def test_bad_images_are_told_in_one_line(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "whole.jpg")
    Image.fromarray(noise).save(tmp_path / "whole.png")
    for name in ("whole.jpg", "whole.png"):
        whole = (tmp_path / name).read_bytes()
        (tmp_path / f"cut_{name}").write_bytes(whole[: len(whole) // 2])
    damaged = bytearray((tmp_path / "whole.png").read_bytes())
    damaged[200:260] = bytes(60)
    (tmp_path / "damaged.png").write_bytes(damaged)
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("not an image")
    Image.new("RGB", (4, 4)).save(tmp_path / "tiny.png")
    for name, told in {
        "cut_whole.jpg": "damaged",
        "cut_whole.png": "damaged",
        "damaged.png": "damaged",
        "empty.jpg": "0 bytes",
        "text.jpg": "not an image",
        "none.jpg": "no such file",
        "tiny.png": "only 4x4",
        ".": "folder",
    }.items():
        with pytest.raises(UserError, match=told) as error:
            read_background(tmp_path / name, 32, 32, "cover")
        assert str(error.value).startswith(f"{tmp_path / name}: ") and "\n" not in str(error.value)


def master(path, frames, fps, size=64, visible=True):
    """A soft-edged green disc that moves right, premultiplied."""
    y, x = np.mgrid[:size, :size]
    with VideoWriter(path, size, size, fps, codec="rgba") as video:
        for i in range(frames):
            distance = np.hypot(x - 20 - i, y - 32)
            alpha = np.clip((12 - distance) / 4, 0, 1) * visible
            colour = np.array([0.1, 0.8, 0.2]) * alpha[..., None]
            video.write(np.rint(255 * np.dstack([colour, alpha])).astype(np.uint8))


@pytest.mark.parametrize("fps", [25, Fraction(30000, 1001), 18])
def test_composite_keeps_rate_and_count_and_is_what_over_says(tmp_path, picture, fps):
    master(tmp_path / "a.mkv", 6, fps)
    out = tmp_path / "out" / "a.mp4"
    composite_background(tmp_path / "a.mkv", picture, out, CompositeSettings(crf=4))
    info = probe(out)
    assert (info.fps, info.frames, info.width, info.height) == (fps, 6, 64, 64)
    behind = read_background(picture, 64, 64, "cover").astype(float)
    y, x = np.mgrid[:64, :64]
    alpha = np.clip((12 - np.hypot(x - 23, y - 32)) / 4, 0, 1)[..., None]
    expected = 255 * np.array([0.1, 0.8, 0.2]) * alpha + (1 - alpha) * behind
    error = np.abs(read_frames(out, [3])[0] - expected)
    assert error.mean() < 3 and error[28:36, 20:26].max() < 12 and error[:8, :16].max() < 12


def test_memory_does_not_grow_with_length(tmp_path, picture):
    peaks = []
    for frames in (5, 40):
        master(tmp_path / "a.mkv", frames, 25, size=128)
        tracemalloc.start()
        composite_background(tmp_path / "a.mkv", picture, tmp_path / "a.mp4", CompositeSettings())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 128 * 128 * 3 * 10


def test_no_figure_and_no_image_leave_nothing(tmp_path, picture):
    master(tmp_path / "a.mkv", 4, 25, visible=False)
    out = tmp_path / "out" / "a.mp4"
    with pytest.raises(UserError, match="outside the image in every frame"):
        composite_background(tmp_path / "a.mkv", picture, out, CompositeSettings())
    with pytest.raises(UserError, match="no such file"):
        composite_background(tmp_path / "a.mkv", tmp_path / "no.png", out, CompositeSettings())
    with pytest.raises(UserError, match="no such file"):
        composite_background(tmp_path / "no.mkv", picture, out, CompositeSettings())
    assert not list(out.parent.iterdir())


def test_unknown_fit():
    with pytest.raises(ValueError, match="cover, stretch, contain"):
        CompositeSettings(resize="tile")
