"""Films of many kinds and what comes of them: the right frames in the right colours, or a word."""

import numpy as np
import pytest

from tests.bench import inputs_films as films
from tests.bench.inputs_check import delta_e, verdict
from understudy.errors import UserError
from understudy.recognition.decoding import decode
from understudy.video.colour import Colours, on_screen
from understudy.video.normalise import normalise_video
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.settings import NormaliseSettings


@pytest.mark.parametrize("kind", [films.of_colours, films.of_rates, films.of_scans, films.of_turns])
def test_all_of_a_kind_come_out_right(tmp_path, kind):
    found = {made.name: verdict(made) for made in kind(tmp_path)}
    assert {name: one for name, one in found.items() if one.word != "right"} == {}


def told(tmp_path, path, **options):
    settings = NormaliseSettings(
        **{"seconds": 60, "fps": 25, "policy": "keep", "crf": 12} | options
    )
    note = normalise_video(path, tmp_path / "out.mp4", tmp_path / "out.json", settings)
    return note, read_frames(tmp_path / "out.mp4")


@pytest.mark.parametrize("transfer", ["arib-std-b67", "smpte2084"])
def test_hdr_comes_out_as_its_sdr_original(tmp_path, transfer):
    """C02: within a mean of 4 of CIEDE2000; washed out, it is 7 (HLG) or 11 (PQ)."""
    patches = np.random.default_rng(0).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    frames = [patches.repeat(32, 0).repeat(32, 1)] * 3
    path = films.encode(tmp_path / "hdr.mov", *films.hdr(transfer, 10)[::-1], (), frames)
    note, out = told(tmp_path, path)
    inner = out[1].reshape(4, 32, 4, 32, 3)[:, 8:24, :, 8:24].mean((1, 3)).round().astype(np.uint8)
    assert delta_e(inner, patches) < 4  # away from edges, where chroma is half as sharp
    assert note["source"]["hdr"] in ("HLG", "PQ") and "HDR" in note["told"][0]


def test_tone_mapping_keeps_paper_white_and_presses_what_is_brighter():
    """BT.2408: paper white, 203 cd/m², is 75 % of HLG and 58 % of PQ; both peaks become white."""
    for transfer, white, peak in ((18, 0.75, 1.0), (16, 0.5807, 0.7518)):
        film = Colours(primaries=9, transfer=transfer, matrix=9, full=False, unsaid=False)
        grey = np.repeat([[0.0], [0.3], [white], [peak]], 3, 1)
        black, dark, paper, brightest = on_screen(grey, film)[:, 0]
        assert black == 0 and 0 < dark < paper
        assert 0.94 < paper < 0.99 and brightest == pytest.approx(1, abs=2e-3)


def test_what_no_screen_shows_is_refused(tmp_path):
    options = (*films.CODECS["h264"], "-x264-params", "transfer=log100")
    path = films.encode(tmp_path / "log.mp4", options, films.UNSAID, ())
    with pytest.raises(UserError, match=r"log\.mp4: its brightness follows a curve"):
        probe(path)


def test_untagged_films_are_told_and_tagged_ones_are_not(tmp_path):
    tagged = films.encode(tmp_path / "tagged.mp4", frames=[films.numbered(1)] * 4)
    few = [films.numbered(1)] * 4
    untagged = films.encode(tmp_path / "none.mp4", filters=films.UNSAID, tags=(), frames=few)
    assert probe(tagged).remarks == ()
    assert "read as BT.601, as players do" in probe(untagged).remarks[0]


def test_a_selfie_is_turned_back(tmp_path):
    """X3: in what avatars and motions are made from, and for the recognisers."""
    path = films.encode(tmp_path / "selfie.mp4", frames=[films.numbered(n) for n in range(8)])
    _, plain = told(tmp_path, path)
    note, turned = told(tmp_path, path, mirror=True)
    assert np.abs(turned.astype(int) - plain[:, :, ::-1]).mean() < 2
    assert note["settings"]["mirror"] is True
    assert (decode(str(path), 64, 4, mirror=True) == decode(str(path), 64, 4).flip(-1)).all()


def test_a_trimmed_clip_is_what_players_show(tmp_path):
    """C01: an edit list hides what comes before; the header counts all of it."""
    options = (*films.CODECS["h264"][:-4], "-g", "250", "-bf", "2")
    whole = films.encode(tmp_path / "whole.mp4", options)
    films.ffmpeg("-ss", "0.6", "-i", whole, "-c", "copy", tmp_path / "trimmed.mp4")
    info = probe(tmp_path / "trimmed.mp4")
    assert (info.frames, info.seconds) == (films.FRAMES - 15, pytest.approx(1))
    assert info.hidden > 0 and info.remarks == ()
    made = films.Made("", "", tmp_path / "trimmed.mp4", range(15, films.FRAMES))
    assert verdict(made).word == "right"


def test_4k_is_scaled_by_default_with_a_word(tmp_path):
    """C13: to full HD; what is not larger stays as it is."""
    frames = [np.full((2160, 3840, 3), 99, np.uint8)] * 2
    path = films.encode(tmp_path / "4k.mov", ("-c:v", "mpeg4"), frames=frames)
    note, _ = told(tmp_path, path)
    assert (note["width"], note["height"]) == (1920, 1080)
    assert any("is scaled from 3840x2160 to 1920x1080 px" in line for line in note["told"])


DAMAGE = [
    *((name, "h264.mp4", "refused") for name in ("half", "zeros", "noise", "bits flipped")),
    *((name, "h264.mkv", "refused") for name in ("half", "zeros", "noise", "bits flipped")),
    *((name, "h264.mkv", "told") for name in ("nine tenths", "end missing")),
    *((name, "h264.ts", "refused") for name in ("zeros", "middle missing", "twice")),
    *((name, "h264.ts", "told") for name in ("nine tenths", "end missing")),
    *((name, "mpeg2.mpg", "refused") for name in ("zeros", "noise", "bits flipped")),
    *((name, "wmv2.wmv", "told") for name in ("half", "nine tenths")),
    *((name, "vp9.webm", "told") for name in ("nine tenths", "zeros")),
    *((name, "mpeg4.avi", "refused") for name in ("half", "middle missing", "bits flipped")),
    *((name, "hevc.mp4", "refused") for name in ("half", "zeros")),
    *((name, "h264.mp4", "right") for name in ("tail", "twice")),
    *((name, "h264.ts", "right") for name in ("tail", "start missing")),
]


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    """What comes of each damaged film of the sources in DAMAGE, by name."""
    folder = tmp_path_factory.mktemp("damaged")
    for source in {source for _, source, _ in DAMAGE}:
        films.encode_plain(folder / source, source.partition(".")[0])
    return {
        made.name: verdict(made)
        for source in sorted({source for _, source, _ in DAMAGE})
        for made in films.damaged(folder, source)
        if made.name in {f"{name} {of}" for name, of, _ in DAMAGE}
    }


@pytest.mark.parametrize(("name", "source", "word"), DAMAGE)
def test_damage_is_told(damaged, name, source, word):
    assert damaged[f"{name} {source}"].word == word, damaged[f"{name} {source}"]


def test_a_cover_picture_is_not_the_film(tmp_path):
    film = films.encode(tmp_path / "film.mp4")
    films.ffmpeg("-i", film, "-frames:v", 1, tmp_path / "cover.png")
    streams = ("-map", "1", "-map", "0", "-c", "copy", "-disposition:v:0", "attached_pic")
    films.ffmpeg("-i", film, "-i", tmp_path / "cover.png", *streams, tmp_path / "covered.mp4")
    assert verdict(films.Made("", "", tmp_path / "covered.mp4")).word == "right"


def test_an_odd_angle_is_told(tmp_path):
    film = films.encode(tmp_path / "film.mp4")
    for angle, words in ((90, 0), (45, 1), (30, 1)):
        turned = tmp_path / f"{angle}.mp4"
        films.ffmpeg("-display_rotation", angle, "-i", film, "-c", "copy", turned)
        assert sum("odd angle" in line for line in probe(turned).remarks) == words
