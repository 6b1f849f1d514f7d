"""Films of many kinds and what comes of them: the right frames in the right colours, or a word."""

import numpy as np
import pytest

from tests.bench import inputs_films as films
from tests.bench.inputs_check import Verdict, delta_e, verdict
from understudy.errors import UserError
from understudy.recognition.decoding import decode
from understudy.video.colour import Colours, on_screen
from understudy.video.glitches import Glitches
from understudy.video.matroska import Wholeness, wholeness
from understudy.video.normalise import normalise_video
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.scan import unsaid_field_order
from understudy.video.settings import NormaliseSettings
from understudy.video.shown import Film


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


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    """Films that somebody walks through, by container, of coders that let damage pass."""
    folder = tmp_path_factory.mktemp("walks")
    frames = [films.walk(n) for n in range(films.FRAMES)]
    kinds = ("hevc.mp4", "hevc.ts", "hevc.mkv", "vp8.webm")
    return {kind: films.encode_plain(folder / kind, kind[:4].strip("."), frames) for kind in kinds}


def walked(path):
    return verdict(films.Made("damage", "", path, picture=films.walk, off_somewhere=60))


@pytest.mark.parametrize("kind", ["hevc.mp4", "vp8.webm"])
def test_a_picture_in_pieces_is_told_and_a_sound_one_or_a_cut_is_not(walks, tmp_path, kind):
    """As after bits that no decoder misses."""
    assert walked(walks[kind]) == Verdict("right", "")
    pieces = [film for film in films.damaged(walks[kind].parent, kind) if "flipped" in film.name]
    assert "breaks up into blocks at" in walked(pieces[0].path).why
    cut = [films.walk(n) for n in (*range(14), *range(26, films.FRAMES))]
    path = films.encode_plain(tmp_path / kind, kind[:4].strip("."), cut)
    film = Film(path, threads=1)
    film.glitches = Glitches()
    assert len(list(film)) == len(cut) and film.glitches.first is None


def test_a_transport_stream_that_ends_between_two_packets_is_told(walks, tmp_path):
    """Its last picture is cut, and no byte of it says so: only that it is not padded."""
    data = walks["hevc.ts"].read_bytes()
    assert probe(walks["hevc.ts"]).remarks == ()
    short = tmp_path / "short.ts"
    short.write_bytes(data[: len(data) // 188 * 9 // 10 * 188])
    assert any("cut off in the middle" in line for line in probe(short).remarks)


def test_a_matroska_file_is_as_long_and_as_whole_as_it_says(walks, tmp_path):
    data = walks["hevc.mkv"].read_bytes()
    assert wholeness(walks["hevc.mkv"]) == Wholeness(0, damaged=False)
    short, other = tmp_path / "short.mkv", tmp_path / "other.mkv"
    short.write_bytes(data[:-200])
    other.write_bytes(data[: len(data) // 2] + b"x" + data[len(data) // 2 + 1 :])
    assert wholeness(short).missing == 200
    with pytest.raises(UserError, match=r"other\.mkv: is damaged: a checksum in it is wrong"):
        probe(other)


def test_a_film_that_stands_still_at_first_may_be_interlaced(tmp_path):
    """And not say so: nothing of its first 6 s tells."""
    still = [films.swinging(0)] * 300 + [films.swinging(n) for n in range(80)]
    woven = f"{films.TO_709},tinterlace=interleave_top,setfield=prog"
    path = films.encode(tmp_path / "late.mp4", filters=woven, frames=still, rate=2 * films.FPS)
    assert unsaid_field_order(path, probe(path)) == "tff"


def test_an_open_group_in_matroska_is_counted_as_it_can_be_decoded(tmp_path):
    """The frames that lean on what was cut off have packets, and some of these no time."""
    options = ("-c:v", "libx265", *films.YUV, "-x265-params")
    told = "log-level=none:keyint=12:open-gop=1:bframes=4"
    whole = films.encode(tmp_path / "whole.mp4", (*options, told))
    films.ffmpeg("-ss", "0.6", "-i", whole, "-c", "copy", tmp_path / "cut.mkv")
    info = probe(tmp_path / "cut.mkv")
    assert info.frames == len(list(Film(tmp_path / "cut.mkv", threads=1))) == 28
    assert "3 packets of which no frame can be made" in info.remarks[0]


def test_an_avi_of_many_ticks_a_frame_is_not_cut_short(tmp_path):
    """As FFmpeg writes what it copies from an .mp4: 600 ticks a second, most of them empty."""
    whole = films.encode(tmp_path / "whole.mp4")
    films.ffmpeg("-i", whole, "-c", "copy", tmp_path / "ticks.avi")
    assert probe(tmp_path / "ticks.avi").frames == films.FRAMES


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
