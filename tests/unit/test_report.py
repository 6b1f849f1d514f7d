"""The report: contact sheets, previews, and the page itself."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from report_run import (
    FRAMES,
    HEIGHT,
    LABELS,
    WIDTH,
    rulegraph,
    write_benchmarks,
    write_experiments,
    write_features,
    write_fit,
    write_picture,
    write_video,
)
from strict_html import StrictPage

from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.keypoints import load_keypoints
from understudy.body.load import load_body
from understudy.errors import UserError
from understudy.files import write_json, write_text
from understudy.report.grid import COLUMNS, Row, columns_for, make_sheet
from understudy.report.grid import WIDTH as SHEET_WIDTH
from understudy.report.inputs import read_inputs
from understudy.report.page import build_report
from understudy.report.partial import complete_sheets
from understudy.report.preview import MOST_BYTES, make_preview
from understudy.report.sheets import (
    Crop,
    cut_out,
    group_reenactments,
    person_box,
    sheet_identity,
    sheet_reference,
)
from understudy.report.skeleton import LEFT, RIGHT, draw_keypoints
from understudy.video.write import VideoWriter

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


# Contact sheets


@pytest.fixture(scope="module")
def made(tmp_path_factory, body_file) -> dict[str, str]:
    """Video, features and fit of one clip, by the parameter names of the sheets."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("made")
    video = write_video(folder / "video.mp4", 90)
    fit = write_fit(folder / "fit.npz", load_body(body_file).model_id)
    features = write_features(folder, video)
    return {"video": str(video), **features, "fit": str(fit), "body": str(body_file)}


def test_an_identity_sheet_has_a_row_a_stage(made, tmp_path):
    turntable = write_picture(tmp_path / "turntable.png")
    sheet_identity(**made, turntable=turntable, out=tmp_path / "sheet.jpg")
    whole = Image.open(tmp_path / "sheet.jpg")
    assert whole.width == SHEET_WIDTH
    rows = {**made, "fit": str(tmp_path / "absent.npz")}
    sheet_identity(**rows, turntable=str(tmp_path / "absent.png"), out=tmp_path / "less.jpg")
    assert Image.open(tmp_path / "less.jpg").height < whole.height - SHEET_WIDTH // 2


def test_a_reference_sheet_shows_who_reenacts_it(made, tmp_path):
    white = [write_video(tmp_path / f"white/r/{who}/source.mp4", 255) for who in "abcdef"]
    composed = [
        write_video(tmp_path / f"synthetic/r/{who}/source/{room}.mp4", 120)
        for who in "ab"
        for room in ("hall", "office", "kitchen")
    ]
    reenactments = group_reenactments(white, composed)
    assert [(shown.identity, len(shown.composites)) for shown in reenactments[:3]] == [
        ("a", 3),
        ("b", 3),
        ("c", 0),
    ]
    parts = {name: made[name] for name in ("video", "keypoints", "fit", "body")}
    sheet_reference(**parts, reenactments=reenactments, planned=(6, 3), out=tmp_path / "sheet.jpg")
    sheet_reference(**parts, reenactments=[], planned=(0, 0), out=tmp_path / "bare.jpg")
    full, bare = (np.asarray(Image.open(tmp_path / f"{name}.jpg")) for name in ("sheet", "bare"))
    per_row = len(bare) / 3
    assert len(full) == pytest.approx((3 + 4 + 2 * 2) * per_row + 34, abs=30)
    # The fourth row is on white.
    assert np.median(full[int(3.2 * per_row) : int(3.6 * per_row)]) > 200


@given(st.integers(20, 2000), st.integers(20, 2000))
def test_a_row_has_few_enough_pictures_to_see(width, height):
    assert COLUMNS[0] <= columns_for(width, height) <= COLUMNS[1]


@pytest.mark.parametrize("count", [1, 5, 7])
def test_rows_fill_the_sheet(count):
    pictures = np.full((count, 50, 90, 3), 200, np.uint8)
    sheet = make_sheet([Row("above", pictures), Row("below", pictures)], "a footnote")
    assert sheet.shape[1] == SHEET_WIDTH and sheet.dtype == np.uint8
    assert (sheet[5] == 200).mean() > 0.97


def test_the_crop_holds_the_person(made):
    crop = person_box(load_keypoints(made["keypoints"]), Crop(0, 0, WIDTH, HEIGHT))
    assert crop.left <= 33 and crop.left + crop.width >= 90
    assert crop.top >= 0 and crop.top + crop.height <= HEIGHT
    frames = np.zeros((2, HEIGHT, WIDTH, 3), np.uint8)
    assert crop.of(frames).shape == (2, crop.height, crop.width, 3)


def test_a_cut_out_keeps_the_person():
    frames = np.random.default_rng(0).integers(0, 255, (2, 8, 8, 3)).astype(np.uint8)
    masks = np.zeros((2, 8, 8), bool)
    masks[:, 2:5] = True
    shown = cut_out(frames, masks)
    assert (shown[:, 2:5] == frames[:, 2:5]).all() and shown[:, 5:].max() < 90


def test_keypoints_are_drawn_where_they_are():
    image = np.zeros((360, 240, 3), np.uint8)
    xy, score = np.zeros((133, 2)), np.zeros(133)
    xy[[5, 7]], xy[[6, 8]] = [[160, 80], [160, 240]], [[80, 80], [80, 240]]
    score[[5, 6, 7]] = 1
    drawn = draw_keypoints(image, xy, score)
    assert image.max() == 0
    assert tuple(drawn[160, 160]) == LEFT and drawn[160, 80].max() == 0
    score[8] = 1
    assert tuple(draw_keypoints(image, xy, score)[160, 80]) == RIGHT


# Previews


def test_a_preview_plays_at_true_speed(made, tmp_path):
    video, fit = Path(made["video"]), Path(made["fit"])
    make_preview(video, fit, [video] * 2, tmp_path / "preview.webp")
    with Image.open(tmp_path / "preview.webp") as preview:
        assert preview.width > 3 * 216 and preview.height == 216
        total = 0
        for index in range(preview.n_frames):
            preview.seek(index)
            preview.load()
            total += preview.info["duration"]
    assert total == pytest.approx(1000 * FRAMES / 12, rel=0.05)
    assert (tmp_path / "preview.webp").stat().st_size < MOST_BYTES


def test_a_preview_of_a_long_clip_is_its_middle(tmp_path):
    with VideoWriter(tmp_path / "long.mp4", 64, 64, fps=4) as video:
        for t in range(80):
            video.write(np.full((64, 64, 3), 3 * t, np.uint8))
    for away, middle in ((0, 40), (30, 55)):  # frames at the beginning in which nobody is seen
        confidence = np.arange(80) >= away
        save_arrays(tmp_path / "fit.npz", {"confidence": confidence}, {"kind": "fit", "fps": 4.0})
        make_preview(tmp_path / "long.mp4", tmp_path / "fit.npz", [], tmp_path / "preview.webp")
        with Image.open(tmp_path / "preview.webp") as preview:
            shades = []
            for index in range(preview.n_frames):
                preview.seek(index)
                shades.append(np.asarray(preview.convert("RGB")).mean() / 3)
        assert shades[0] == pytest.approx(middle - 10, abs=4)
        assert shades[-1] == pytest.approx(middle + 9, abs=4)


# The page


@pytest.fixture(scope="module")
def description(tmp_path_factory, made) -> dict:
    """The inputs of a report on a whole run."""
    folder = tmp_path_factory.mktemp("run")
    metrics = {"held_out": {"psnr": 25.31, "iou": 0.952}, "gaussians": 39821, "train_seconds": 83.4}
    write_json(folder / "metrics.json", metrics)
    video, fit = Path(made["video"]), Path(made["fit"])
    make_preview(video, fit, [video], folder / "preview.webp")
    sheet = write_picture(folder / "sheet.jpg", 1440, 900)
    videos = [str(write_video(folder / f"synthetic/{i}.mp4", 40 * i)) for i in range(4)]
    people = [
        {
            "id": who,
            "sheet": sheet,
            "metrics": str(folder / "metrics.json"),
            "facts": {"licence": "CC0"},
        }
        for who in ("ada", "ben")
    ]
    references = [
        {
            "id": f"{label}_1",
            "label": label,
            "sheet": sheet,
            "preview": str(folder / "preview.webp"),
            "synthetic": videos,
        }
        for label in LABELS
    ]
    return {
        "title": "A <small> run & its report",
        "rulegraph": rulegraph(),
        "people": people,
        "references": references,
        "backgrounds": 3,
        "rooms": [
            {"id": "kitchen", "sheet": sheet, "facts": {"licence": "CC0"}},
            {"id": "attic", "sheet": str(folder / "not_made.jpg")},
        ],
        "synthetic": videos,
        **write_experiments(folder / "experiments"),
        "benchmarks": write_benchmarks(folder / "benchmarks"),
        "expected": [{"path": sheet, "rule": "sheet_identity", "log": "", "subject": "ada"}],
        "config": {"seed": 0, "labels": LABELS},
    }


def report_of(description: dict, folder: Path) -> Path:
    write_json(folder / "inputs.json", description)
    build_report(read_inputs(folder / "inputs.json"), folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def page(description, tmp_path_factory) -> Path:
    return report_of(description, tmp_path_factory.mktemp("page"))


def test_the_page_stands_alone(page):
    checked = StrictPage(page.read_text())
    assert checked.problems == []
    assert checked.images == 2 + 3 + 3 + 1 + 1


def test_the_page_says_what_came_out(page):
    text = unescape(re.sub(r"<[^>]*>", " ", page.read_text()))
    for words in (
        "A <small> run & its report",
        "2 new people re-enact 3 reference videos of 3 actions before 3 backgrounds.",
        "41 → 73 %",
        "25.3 dB on held-out frames",
        "39,821 Gaussians",
        "train_avatar",
        "73.0 ± 1.4",
        "every planned file exists",
    ):
        assert words in text


def browse(page: Path, folder: Path, *options: str) -> subprocess.CompletedProcess:
    """Open a page in headless Chromium."""
    command = [
        BROWSER,
        *["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
        *["--disable-background-networking", "--disable-component-update", "--disable-sync"],
        "--hide-scrollbars",
        "--enable-logging=stderr",
        "--virtual-time-budget=4000",
        f"--user-data-dir={folder / 'profile'}",
        *options,
        f"file://{page}",
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def problems_in_browser(page: Path, folder: Path) -> list[str]:
    """Errors, images without pixels and elements outside the page, as Chromium sees them."""
    begin = "<script>var errors=[];addEventListener('error',e=>errors.push(e.message))</script>"
    check = """<script>addEventListener("load",()=>{
      for(const i of document.images) if(!i.naturalWidth) errors.push("no image: "+i.alt);
      const wide=document.documentElement.scrollWidth-innerWidth;
      if(wide>0) errors.push("wider than the window by "+wide+" px");
      const out=document.createElement("pre"); out.id="checked";
      out.textContent=JSON.stringify(errors); document.body.append(out);});</script>"""
    text = page.read_text().replace("<head>", "<head>" + begin, 1)
    copy = folder / "checked.html"
    copy.write_text(text.replace("</body>", check + "</body>"))
    seen = browse(copy, folder, "--dump-dom", "--window-size=1280,900")
    said = re.search(r'<pre id="checked">(.*?)</pre>', seen.stdout, re.DOTALL)
    logged = [line for line in seen.stderr.splitlines() if "CONSOLE" in line]
    return (json.loads(unescape(said[1])) if said else ["the page did not load"]) + logged


def test_a_browser_shows_the_page_without_errors(page, tmp_path):
    if BROWSER is None:  # then check what can be checked without one, rather than nothing
        assert StrictPage(page.read_text()).problems == []
        return
    assert problems_in_browser(page, tmp_path) == []
    picture = tmp_path / "screenshot.png"
    browse(page, tmp_path, f"--screenshot={picture}", "--window-size=1280,3000")
    pixels = np.asarray(Image.open(picture).convert("RGB"))
    assert pixels.shape == (3000, 1280, 3)
    assert all(band.std() > 3 for band in np.array_split(pixels, 6))


def test_a_broken_page_is_seen_to_be_broken(tmp_path):
    page = tmp_path / "broken.html"
    page.write_text(
        '<html><head></head><body><div><img alt="gone" src="data:image/png;base64,AAAA">'
        "<a href='#none'></a></body><script>nowhere()</script></html>"
    )
    assert len(StrictPage(page.read_text()).problems) >= 3
    if BROWSER:
        problems = " ".join(problems_in_browser(page, tmp_path))
        assert "no image: gone" in problems and "nowhere is not defined" in problems


def test_a_failed_run_has_a_report_too(description, made, tmp_path):
    log = str(tmp_path / "fit.log")
    write_text(log, "error: walk.mp4: no person is seen <in it>; film one\n")
    absent = str(tmp_path / "absent")
    fails = {
        **description,
        "people": [
            {**description["people"][0], "metrics": absent},
            {**description["people"][1], "sheet": absent},
        ],
        "synthetic": [*description["synthetic"], absent],
        "table": absent,
        "summary": absent,
        "plots": [{"path": absent + ".svg", "caption": "none"}],
        "expected": [
            {
                "path": absent,
                "rule": "fit_body",
                "log": str(tmp_path / "fit.log"),
                "subject": "walk",
            },
            {"path": absent, "rule": "animate_avatar", "log": absent, "subject": "walk × ada"},
        ],
    }
    page = report_of(fails, tmp_path)
    text = page.read_text()
    assert StrictPage(text).problems == []
    for words in (
        "This run is not complete.",
        "walk.mp4: no person is seen &lt;in it&gt;; film one",
        "1 file was not started",
        "1 of 2",
        "4 of 5",
        "No contact sheet was made",
    ):
        assert words in text
    assert 'id="recognition"' not in text


def test_after_a_failure_sheets_are_drawn_from_what_there_is(made, tmp_path):
    turntable = str(tmp_path / "absent.png")
    parts = {name: made[name] for name in ("video", "keypoints", "fit", "body")}
    write_text(tmp_path / "broken.mp4", "no video")
    of_ada = {**made, "turntable": turntable}
    of_ben = {**of_ada, "video": str(tmp_path / "broken.mp4")}
    inputs = {
        "title": "Half a run",
        "people": [
            {"id": "ada", "sheet": "absent.jpg", "parts": of_ada},
            {
                "id": "ben",
                "sheet": "absent.jpg",
                "parts": of_ben,
            },
        ],
        "references": [
            {"id": "r", "label": "bow", "sheet": "absent.jpg", "parts": parts, "white": [turntable]}
        ],
    }
    write_json(tmp_path / "inputs.json", inputs)
    completed = complete_sheets(read_inputs(tmp_path / "inputs.json"), tmp_path)
    sheets = [Path(item.sheet) for item in (*completed.people, *completed.references)]
    assert [sheet.is_file() for sheet in sheets] == [True, False, True]


def test_a_large_run_embeds_some_sheets_and_names_the_rest(description, tmp_path):
    people = [{**description["people"][0], "id": f"person{i}"} for i in range(40)]
    page = report_of({**description, "people": people, "most_sheets": 5}, tmp_path).read_text()
    assert page.count('<article class="sheet" id="person-') == 5
    assert "And 35 more: person5, person6" in page


@pytest.mark.parametrize("wrong", [{"titel": "x"}, {}])
def test_a_wrong_description_is_one_line(tmp_path, wrong):
    write_json(tmp_path / "inputs.json", wrong)
    with pytest.raises(UserError, match="not a description of a report"):
        read_inputs(tmp_path / "inputs.json")
