"""Copies of test videos are found by the files' content, whatever they are called."""

import shutil
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest

from understudy.errors import UserError
from understudy.recognition.duplicates import Copy, copies, judged
from understudy.recognition.fingerprint import fingerprints
from understudy.recognition.moving import may_agree
from understudy.recognition.places import unit
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

SIZE, FRAMES = 160, 30


def write_clip(path, seed: int, scene: int = 0, radius: int = 14, aside: int = 0):
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
                middle = 80 + aside + reach[k] * np.sin(rate[k] * t / 4 + phase[k])
                frame[(x - middle) ** 2 + (y - 40 - 40 * k) ** 2 < radius**2] = (230, 60 * k, 90)
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


def test_somebody_else_who_does_the_same_there_is_no_copy(clips, tmp_path):
    """As two people who jump up in one room at one time: one is thinner, and stands beside."""
    other = write_clip(tmp_path / "other.mp4", 0, radius=13, aside=3)
    assert found([clips[0]], [other]) == []


def test_moments_that_are_nowhere_else_rule_a_video_out():
    rng = np.random.default_rng(3)
    long = unit(rng.normal(size=(60, 16, 16)))
    part, half = long[20:40], np.concatenate([long[40:], unit(rng.normal(size=(20, 16, 16)))])
    other, still = unit(rng.normal(size=(60, 16, 16))), np.zeros((9, 256))
    videos = [long, part, half, other, still, np.zeros((0, 256))]
    for one in (long, part):
        agree = may_agree(one, videos)
        assert agree.tolist() == [True, True, one is long, False, False, False]
    assert not may_agree(still, videos).any() and not may_agree(np.zeros((0, 256)), videos).any()


def lit(path, light, out):
    """A clip under another light: light(frames (n,h,w,3), times from 0 to 1) -> frames."""
    images = read_frames(path).astype(np.float32)
    shown = light(images, np.linspace(0, 1, len(images))[:, None, None, None])
    with VideoWriter(out, SIZE, SIZE, fps=10) as video:
        video.write(shown.clip(0, 255).astype(np.uint8))
    return str(out)


LIGHTS = {  # the same in every clip
    "fade-in": lambda images, at: images * np.clip(at * 11, 0, 1),
    "black first frame": lambda images, at: images * (at > 0),
    "light switched on": lambda images, at: images * np.where(at < 0.5, 0.4, 1),
    "exposure settles": lambda images, at: images * (1 + 0.7 * np.exp(-at * 12)),
    "drift": lambda images, at: images + 15 * at,
}


@pytest.mark.parametrize("light", LIGHTS)
def test_light_that_changes_alike_makes_no_copies(clips, tmp_path, light):
    """Case C05: three performances in one room; and the copy of one is still found."""
    paths = [lit(clips[k], LIGHTS[light], tmp_path / f"{k}.mp4") for k in range(3)]
    for number, path in enumerate(paths):
        others = [*paths[:number], *paths[number + 1 :]]
        assert found([path], others) == []
        assert [copy.other for copy in found([path], [*clips[:3], *others])] == [clips[number]]


@pytest.mark.parametrize(
    "options",
    [
        ["-crf", "36"],
        ["-vf", "scale=96:128", "-crf", "28"],
        ["-r", "7"],
        ["-vf", "eq=brightness=0.08:contrast=0.8", "-crf", "30"],
        ["-c:v", "mpeg4", "-q:v", "9"],
        ["-vf", "hflip", "-crf", "30"],
        ["-vf", "crop=iw*0.84:ih*0.84", "-crf", "28"],
        ["-vf", "crop=iw*0.88:ih:0:0,hflip"],
        ["-ss", "0.7", "-t", "1.8"],
        ["-vf", "setpts=PTS*1.3"],
    ],
    ids=[
        *("quality", "size", "rate", "colour", "codec"),
        *("mirrored", "cropped", "cropped and mirrored", "cut", "slower"),
    ],
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


def test_every_pair_is_told_and_allowed_ones_pass(capsys):
    """Case C05: not the first alone."""
    found = [Copy(f"t{i}.mp4", f"r{i}.mp4", "the same file") for i in range(3)]
    with pytest.raises(UserError, match=r"t0\.mp4 .* r0\.mp4; .*t2\.mp4 .* r2\.mp4; remove one"):
        judged(found, {("t1.mp4", "r1.mp4"): "another take"})
    told = capsys.readouterr().err
    assert told.count("leakage: ") == 2 and "allowed, another take: test video t1.mp4" in told
    allowed = {(copy.test, copy.other): "ours" for copy in found}
    assert [pair["why"] for pair in judged(found, allowed)] == ["ours"] * 3
    many = [Copy(f"t{i}.mp4", "r.mp4", "the same file") for i in range(50)]
    with pytest.raises(UserError, match="and 30 more, all in the job's log"):
        judged(many, {})
    assert capsys.readouterr().err.count("leakage: ") == 50
