"""`make bench NAME=inputs`: what is made of videos of many kinds, and what 4K costs.

The older commit that 4K is compared with runs in a checkout with an environment of its own, which
the variable UNDERSTUDY_BEFORE names, or which is installed for it.
"""

import contextlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.bench import inputs_4k, inputs_cases, inputs_clips
from tests.bench import inputs_films as films
from tests.bench.figures import Figure, write_figures
from tests.bench.house import BEFORE
from tests.bench.inputs_check import Verdict, delta_e, verdict
from tests.bench.upkeep import installed
from understudy.recognition.decoding import decode
from understudy.video.normalise import normalise_video
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.settings import NormaliseSettings
from understudy.video.shown import Film


def over_the_list(folder: Path) -> list[Figure]:
    """Every film of the list, what came of it, and whether all readers see the same frames."""
    words: Counter[str] = Counter()
    agree = []
    for made in films.films(folder):
        one = verdict(made)
        words[one.word] += 1
        if one.word == "wrong":
            print(f"wrong: {made.group} {made.name}: {one.why}")
        if made.group != "damage":
            agree.append(one.word == "right" and _same_everywhere(made, one))
    print(dict(words))
    return [
        Figure("silent_wrong", words["wrong"], "films", 0, True),
        Figure("films", words.total(), "films", None, True),
        Figure("frames_agree", 100 * float(np.mean(agree)), "%", 100, False),
    ]


def _same_everywhere(made: films.Made, one: Verdict) -> bool:
    """Whether probe, the front door and a recogniser count the same frames, at the same times."""
    info = probe(made.path)
    film = Film(made.path, threads=1)
    times = [shown.seconds for shown in film]
    seen = decode(str(made.path), 32, len(times)).shape[1]
    return info.frames == len(times) == seen and np.allclose(info.times, times, atol=2e-3)


def hdr_delta_e(folder: Path) -> float:
    """Mean CIEDE2000 of a vivid SDR film and its HLG and PQ versions, after normalising."""
    sdr = films.encode(folder / "sdr.mp4")
    settings = NormaliseSettings(seconds=60, fps=films.FPS, policy="keep", crf=12)

    def normalised(path: Path) -> np.ndarray:
        normalise_video(path, folder / "out.mp4", folder / "out.json", settings)
        return read_frames(folder / "out.mp4")

    wanted = normalised(sdr)
    off = []
    for transfer in ("arib-std-b67", "smpte2084"):
        filters, codec = films.hdr(transfer, 10)
        found = normalised(films.encode(folder / f"{transfer}.mov", codec, filters, ()))
        off += [delta_e(a, b) for a, b in zip(found, wanted, strict=True)]
    return float(np.mean(off))


@contextlib.contextmanager
def _before() -> Iterator[Path]:
    if named := os.environ.get("UNDERSTUDY_BEFORE"):
        yield Path(named)
    else:
        with installed(BEFORE) as checkout:
            yield checkout


def of_4k() -> list[Figure]:
    """A minute at 2160x3840 and 60 frames a second, before and now."""
    with _before() as checkout:
        before, now = inputs_4k.costs(checkout)
    return [
        Figure("peak_gb_4k", now.gb, "GB", 2, True),
        Figure("peak_ratio_4k", now.gb / before.gb, "×", 0.35, True),
        Figure("normalise_ratio", now.normalise / before.normalise, "×", 0.7, True),
    ]


if __name__ == "__main__":
    cases = len(inputs_cases.CASES)
    with tempfile.TemporaryDirectory() as name:
        figures = [
            Figure("cases_right", inputs_cases.right(Path(name)), f"of {cases}", cases, False),
            *over_the_list(Path(name)),
            Figure("hdr_delta_e", hdr_delta_e(Path(name)), "ΔE2000", 4, True),
            *inputs_clips.figures(),
            *of_4k(),
        ]
    write_figures("inputs", figures)
