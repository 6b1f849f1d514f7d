"""The gallery: what it tells of each video, and the page in a real browser."""

import base64
import json
import os
import re
import zlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.unit import browser
from tests.unit.dataset_world import make_world
from tests.unit.some_labels import some_labels
from understudy.artifacts.label_arrays import VISIBLE
from understudy.artifacts.labels import load_labels, save_labels
from understudy.errors import UserError
from understudy.gallery.names import A_SCRIPT, gallery_names, points_names
from understudy.gallery.points import points_of
from understudy.gallery.write import Film, write_gallery, write_gallery_of_dataset
from understudy.video.write import VideoWriter

SIZE = 96
FPS = 10


def unpacked(told):
    """x and y, px, and seen of each point: (n,133,3)."""
    changes = np.frombuffer(zlib.decompress(base64.b64decode(told["points"])), "<i2")
    steps = changes.reshape(-1, 133, 3).cumsum(0, dtype=np.int16).astype(float)
    steps[..., :2] /= 4
    return steps


def moving_labels(frames, seed=0):
    """Labels whose points are somewhere in the picture and move; all are seen but the first."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(20, 70, (1, 133, 2)) + np.arange(frames)[:, None, None]
    points = np.concatenate([at, np.ones((frames, 133, 1))], 2)
    seen = np.full((frames, 133), VISIBLE, np.uint8)
    seen[:, 0] = 0
    return replace(some_labels(frames, SIZE), keypoints=points, seen=seen, fps=float(FPS))


# What is told of each video


def test_points_are_those_of_the_labels(tmp_path):
    save_labels(tmp_path / "a.npz", moving_labels(12))
    labels = load_labels(tmp_path / "a.npz")
    told = points_of(tmp_path / "a.npz")
    found = unpacked(told)
    assert told["fps"] == FPS
    assert np.abs(found[..., :2] - labels.keypoints_2d).max() <= 1 / 8
    assert np.array_equal(found[..., 2], labels.seen)


def test_points_of_frames_that_draw_nobody_are_not_seen(tmp_path):
    drawn = np.array([True, False, True])
    save_labels(tmp_path / "a.npz", replace(moving_labels(3), drawn=drawn))
    found = unpacked(points_of(tmp_path / "a.npz"))
    assert (found[1, :, 2] == 0).all() and (found[[0, 2], 1:, 2] == VISIBLE).all()


def test_points_far_outside_the_picture_stay_finite(tmp_path):
    far = moving_labels(3)
    far.keypoints[1, 5] = (1e4, -1e4, 1)
    save_labels(tmp_path / "a.npz", far)
    found = unpacked(points_of(tmp_path / "a.npz"))
    assert found[1, 5, 0] > 8000 and found[1, 5, 1] < -8000
    assert np.abs(found[2] - found[0] - (2, 2, 0)).max() <= 0.25


def test_damaged_labels_are_told(tmp_path):
    path = tmp_path / "a.npz"
    save_labels(path, moving_labels(3))
    content = path.read_bytes()
    for damaged in (content[:200], b"", content.replace(b"keypoints.npy", b"keypaints.npy")):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match=r"a\.npz: no readable labels \(.*\); delete it and"):
            points_of(path)
    save_labels(path, replace(moving_labels(3), K=np.full((3, 3), np.nan)))
    with pytest.raises(UserError, match="its arrays are others"):
        points_of(path)


def test_the_gallery_of_a_dataset_links_its_videos_and_references(tmp_path):
    world = make_world(tmp_path / "world")
    manifest = world.write(tmp_path / "dataset")
    fits = world.inputs.references.fits
    films = {id_: (tmp_path / f"world/video/{id_}.mp4", fit) for id_, fit in fits.items()}
    out = tmp_path / "gallery"
    write_gallery_of_dataset("Tiny", tmp_path / "dataset/manifest.parquet", films, 1, out)
    told = json.loads(re.fullmatch(r"const DATA = (.*);\n", (out / "videos.js").read_text())[1])
    assert told["title"] == "Tiny" and len(told["rows"]) == len(manifest) == 4
    rows = [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]
    assert [row["label"] for row in rows] == list(manifest["label"])
    for row in rows:
        assert (out / row["video"]).resolve().is_file()
        assert (out / told["references"][row["reference"]]["video"]).resolve().is_file()
    assert not {"reference_video", "background_image", "labels", "sha256"} & set(told["columns"])
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()) == sorted(
        gallery_names(4)
    )


def test_videos_that_share_labels_share_points(tmp_path):
    """And each script is written, though fewer videos are there than are planned."""
    for name in "ab":
        save_labels(tmp_path / f"{name}.npz", moving_labels(2))
    videos = pd.DataFrame({"video": ["1.mp4", "2.mp4", "3.mp4"], "reference": "wave"})
    labels = [tmp_path / f"{name}.npz" for name in "aba"]
    write_gallery("Tiny", videos, labels, {}, 2, tmp_path / "out")
    told = (tmp_path / "out/videos.js").read_text()
    assert '"points": [["000", 0], ["000", 1], ["000", 0]]' in told
    assert (tmp_path / "out/points/001.js").is_file()
    assert points_names(A_SCRIPT) == ["points/000.js"] and len(points_names(A_SCRIPT + 1)) == 2


# The page


@pytest.fixture(scope="module")
def page():
    if reason := browser.unavailable():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with browser.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """300 rows over four videos with a number in each frame's grey, and one reference that begins
    half a second earlier."""
    root = tmp_path_factory.mktemp("a gallery #1 (50 %)")
    for name, first in (("a", 0), ("b", 1), ("c", 2), ("d", 3), ("wave", -5)):
        with VideoWriter(root / f"{name}.mp4", SIZE, SIZE, FPS) as video:
            for k in range(25 if name == "wave" else 20):
                video.write(np.full((SIZE, SIZE, 3), 20 + 8 * max(0, first + k), np.uint8))
    save_labels(root / "moving.npz", moving_labels(20))
    rows = [
        {
            **{"video": str(root / f"{'abcd'[k % 4]}.mp4"), "fps": 10.0, "seconds": 2.0},
            **{"label": ("hand_waving", "bow")[k % 2], "identity": ("anna", "ben", "<b>")[k % 3]},
            **{"reference": ("wave", "gone")[k % 2], "view": "source", "background": f"room{k}"},
            **{"scene": ("", "gym")[k % 5 == 0], "hidden_share": None if k == 7 else k / 300},
            **{"passed": k != 250, "kept": k not in (200, 250), "reference_flags": ""},
            "identity_flags": "trunk,left_leg" if k == 100 else "",
        }
        for k in range(300)
    ]
    films = {"wave": Film(root / "wave.mp4", 0.5)}
    labels = [root / "moving.npz"] * 300
    write_gallery("Three hundred", pd.DataFrame(rows), labels, films, 1, root / "gallery")
    return root / "gallery"


@pytest.fixture
def opened(page, gallery):
    page.open(gallery / "index.html")
    yield page
    assert not page.errors


COUNT = "document.getElementById('count').textContent"
CHOSEN = "state.chosen.background"


def test_the_worst_come_first(opened):
    assert opened.run(COUNT) == "300 of 300 videos"
    assert opened.run("document.title") == "Three hundred"
    first = opened.run("state.shown.slice(0, 4).map((video) => video.background)")
    assert first == ["room250", "room200", "room100", "room0"]
    assert opened.run(CHOSEN) == "room250"


def test_filters_narrow_and_join(opened):
    opened.pick("by-label", "bow")
    assert opened.run(COUNT) == "150 of 300 videos"
    opened.pick("by-identity", "<b>")
    assert opened.run(COUNT) == "50 of 300 videos"
    opened.pick("by-scene", "gym")
    assert opened.run(COUNT) == "10 of 300 videos"
    opened.pick("search", "ROOM5 bow")
    assert opened.run("state.shown.map((video) => video.background)") == ["room5"]
    opened.pick("search", "nothing of the kind")
    assert opened.run("!document.getElementById('nothing').hidden && !$('grid').offsetHeight")
    opened.press("Escape")
    assert opened.run(COUNT) == "300 of 300 videos"
    opened.pick("by-state", "failed")
    assert opened.run("state.shown.map((video) => video.background)") == ["room250"]
    opened.pick("by-state", "left out")
    assert opened.run("state.shown.map((video) => video.background)") == ["room200"]


def test_a_column_orders_and_bounds(opened):
    assert opened.run("document.getElementById('range').hidden")
    opened.pick("order", "-hidden_share")
    assert opened.run("state.shown[0].background") == "room299"
    assert opened.run("state.shown.at(-1).background") == "room7", "unknown comes last"
    opened.pick("order", "+hidden_share")
    assert opened.run("state.shown.at(-1).background") == "room7", "unknown comes last"
    opened.pick("least", "0.5")
    opened.pick("most", "0.6")
    assert opened.run(COUNT) == "31 of 300 videos"
    opened.pick("order", "listed")
    assert opened.run("state.shown[1].background") == "room1"


def test_only_cards_in_view_exist(opened):
    opened.pick("order", "listed")
    opened.press("Home")
    assert opened.run("document.querySelectorAll('.card').length") < 60
    opened.press("End")
    assert opened.run(CHOSEN) == "room299"
    assert opened.run("document.querySelectorAll('.card').length") < 60
    opened.wait("document.querySelector('.card.chosen video').readyState >= 2")
    inside = (
        "(() => { const a = document.querySelector('.card.chosen').getBoundingClientRect(),"
        " b = $('grid').getBoundingClientRect(); return a.top >= b.top && a.bottom <= b.bottom + 1;"
        " })()"
    )
    assert opened.run(inside)


def test_arrows_choose(opened):
    opened.pick("order", "listed")
    opened.press("Home")
    width = opened.run("columns")
    for key, place in (("ArrowRight", 1), ("ArrowDown", 1 + width), ("ArrowLeft", width)):
        opened.press(key)
        assert opened.run(CHOSEN) == f"room{place}"
    opened.press("ArrowUp")
    assert opened.run(CHOSEN) == "room0"
    opened.press("ArrowLeft")
    assert opened.run(CHOSEN) == "room0"


def test_a_key_that_is_typed_into_a_field_is_no_command(opened):
    opened.press("/")
    opened.press("l")
    assert opened.run("[document.getElementById('search').value, state.drawing]") == ["l", False]
    opened.press("Escape")
    assert opened.run("[$('search').value, document.activeElement.id]") == ["", ""]


def test_a_video_plays_beside_the_same_moment_of_its_reference(opened):
    opened.pick("order", "listed")
    opened.press("Home")
    opened.wait("!$('video').paused && $('video').currentTime > 0 && !$('reference').paused")
    opened.press(" ")
    opened.wait("$('video').paused && $('reference').paused")
    opened.run("$('video').currentTime = 1.05")
    opened.wait("Math.abs($('reference').currentTime - 1.55) < 0.001 && !$('reference').seeking")
    assert opened.run("$('beside').hidden") is False
    opened.press("r")
    assert opened.run("$('beside').hidden") is True
    opened.press("r")
    opened.press("ArrowRight")  # its reference is not there
    assert opened.run(CHOSEN) == "room1"
    assert opened.run("$('beside').hidden && $('pairing').hidden")


def test_a_frame_forward_and_back(opened):
    opened.press("l")
    opened.wait("$('video').readyState >= 2")
    opened.press(" ")
    opened.wait("$('video').paused")
    opened.run("$('video').currentTime = 0.55")
    opened.wait("$('drawn').dataset.frame === '5'")
    opened.press(".")
    opened.wait("$('drawn').dataset.frame === '6'")
    opened.press(",")
    opened.press(",")
    opened.wait("$('drawn').dataset.frame === '4'")
    opened.press("l")


def test_labels_are_drawn_where_they_are(opened):
    opened.press(" ")
    opened.wait("$('video').paused && $('video').readyState >= 2")
    opened.run("$('video').currentTime = 0.75")
    opened.press("l")
    opened.wait("$('drawn').dataset.frame === '7'")
    x, y = np.round(moving_labels(20).keypoints[7, 16, :2]).astype(int)
    alpha = f"$('drawn').getContext('2d').getImageData({x}, {y}, 1, 1).data[3]"
    assert opened.run(alpha) > 100
    opened.press("l")
    assert opened.run("$('drawn').hidden") is True


def test_a_file_that_is_not_there_is_told(page, gallery):
    page.open(gallery / "index.html")
    page.run("state.chosen.video = '../none.mp4'; choose(state.chosen)")
    page.wait("$('note').textContent.includes('cannot be played')")
