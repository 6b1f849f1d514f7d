"""Cases that users of such tools reported, and whether each comes out right here. Add a function to
CASES for another one."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.bench import inputs_films as films
from tests.bench.figures import ROOT
from tests.bench.inputs_check import verdict
from understudy.recognition.decoding import decode
from understudy.recognition.fingerprint import fingerprints
from understudy.video.normalise import normalise_video
from understudy.video.read import read_frames
from understudy.video.settings import NormaliseSettings

KEEP = {"seconds": 60, "fps": films.FPS, "policy": "keep", "crf": 12}


def trimmed_without_encoding(folder: Path) -> bool:
    """C01: an edit list hides the lead-in: the frames that players show, as a real video too."""
    options = (*films.CODECS["h264"][:-4], "-g", "250", "-bf", "2")
    whole, path = films.encode(folder / "whole.mp4", options), folder / "trimmed.mp4"
    films.ffmpeg("-ss", "0.6", "-i", whole, "-c", "copy", path)
    shown = range(15, films.FRAMES)
    seen = decode(str(path), films.SIZE[0], len(shown)).numpy().transpose(1, 2, 3, 0)
    off = [
        np.abs(f.astype(int) - films.numbered(n)).mean() for f, n in zip(seen, shown, strict=True)
    ]
    return max(off) < 9 and verdict(films.Made("", "", path, shown)).word == "right"


def hdr_of_a_phone(folder: Path) -> bool:
    """C02: HLG and PQ come out as the SDR original, and it is told."""
    hdr = [made for made in films.of_colours(folder) if made.name.startswith(("HLG", "PQ"))]
    found = [verdict(made) for made in hdr]
    return all(one.word == "right" and "HDR" in one.why for one in found)


def unreadable_real_videos(folder: Path) -> bool:
    """C03: AV1 is read; what is missing or cut in half is named with why, all at once, and never is
    a user told to delete it."""
    modern = films.encode_plain(folder / "modern.mp4", "av1")
    data = films.encode_plain(folder / "whole.mp4", "h264").read_bytes()
    half, absent = folder / "half.mp4", folder / "absent.mp4"
    half.write_bytes(data[: len(data) // 2])
    prints, unread = fingerprints([str(one) for one in (modern, half, absent)])
    return (
        list(prints) == [str(modern)]
        and list(unread) == [str(half), str(absent)]
        and not any("delete" in why for why in unread.values())
    )


def film_in_4k(folder: Path) -> bool:
    """C13: the default scales it to full HD, with a word; masks are an eighth of their size."""
    large = [np.full((2160, 3840, 3), 99, np.uint8)] * 2
    path = films.encode(folder / "4k.mp4", ("-c:v", "mpeg4"), frames=large)
    note = _normalised(path, folder)
    told = any("is scaled from 3840x2160 to 1920x1080" in line for line in note["told"])
    return told and (note["width"], note["height"]) == (1920, 1080)


def interlaced(folder: Path) -> bool:
    """C20: no comb teeth, whatever the file says of itself."""
    return all(verdict(made).word == "right" for made in films.of_scans(folder))


def wrong_frames_of_real_videos(folder: Path) -> bool:
    """C21: the kinds of files in which decord sought wrong frames."""
    return _passes("test_recognition_decoding.py::test_every_frame_is_the_right_one")


def camera_that_follows(folder: Path) -> bool:
    """C11: a pan is told by name, with its second."""
    return _passes("test_filming_cases.py")


def enters_and_leaves(folder: Path) -> bool:
    """C14: the part in between is re-enacted."""
    return _passes("test_shown.py")


def cut(folder: Path) -> bool:
    """C19: a cut is told, with its second."""
    return _passes("test_filming_cases.py")


def which_person(folder: Path) -> bool:
    """X1: two people, a small bystander, a street; `who`."""
    return _passes("test_features_who.py", "test_features_people.py")


def too_dark(folder: Path) -> bool:
    """X2: too dark or too noisy for keypoints: told."""
    return _passes("test_filming.py")


def _passes(*tests: str) -> bool:
    paths = [f"tests/unit/{test}" for test in tests]
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *paths], cwd=ROOT).returncode == 0


def mirrored_selfie(folder: Path) -> bool:
    """X3: `mirror` swaps left and right back."""
    path = films.encode(folder / "selfie.mp4", frames=[films.numbered(n) for n in range(8)])
    _normalised(path, folder)
    plain = read_frames(folder / "out.mp4")
    _normalised(path, folder, mirror=True)
    turned = read_frames(folder / "out.mp4").astype(int)
    same = decode(str(path), 64, 4, mirror=True) == decode(str(path), 64, 4).flip(-1)
    return bool(np.abs(turned - plain[:, :, ::-1]).mean() < 2 and same.all())


CASES: tuple[Callable[[Path], bool], ...] = (
    trimmed_without_encoding,
    hdr_of_a_phone,
    unreadable_real_videos,
    film_in_4k,
    interlaced,
    wrong_frames_of_real_videos,
    mirrored_selfie,
    camera_that_follows,
    enters_and_leaves,
    cut,
    which_person,
    too_dark,
)


def right(folder: Path) -> int:
    """How many of CASES come out right."""
    count = 0
    for number, case in enumerate(CASES):
        (at := folder / f"case{number}").mkdir()
        fine = case(at)
        print(f"{'right' if fine else 'WRONG'}: {(case.__doc__ or '').splitlines()[0]}")
        count += fine
    return count


def _normalised(path: Path, folder: Path, **options: bool) -> dict:
    settings = NormaliseSettings(**KEEP, **options)
    return normalise_video(path, folder / "out.mp4", folder / "out.json", settings)
