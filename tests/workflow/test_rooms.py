"""People in the rooms of the backgrounds: what is rendered, and what an edit renders again."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image
from stale_edits import setting
from workflow_tools import Checkout, edited, outputs_of, rules_of, with_row

from understudy.artifacts.placed import load_placed
from understudy.scene.backgrounds import reserves

CONFIG = "in_rooms.yaml"
WALL = "wall"  # a background without floor
FOLLOW = {  # what follows any change of a video
    *("sheet_reference", "preview_reference", "check_videos", "join_checked", "write_dataset"),
    *("check_leakage", "list_clips", "train_recogniser", "tabulate", "measure_demo"),
    *("look_at_figures", "measure_quality", "sheet_worst", "build_gallery", "build_report", "all"),
}


@pytest.fixture(scope="module")
def in_rooms(finished, tmp_path_factory) -> Checkout:
    """The finished run with its people placed in rooms, one of which nobody can stand in."""
    folder = tmp_path_factory.mktemp("in_rooms") / "copy"
    checkout = Checkout(finished.cloned(folder, keep_times=True).folder, CONFIG)
    settings = finished.settings | {"render": {"placement": "scene"}}
    settings["tables"] = settings["tables"] | {"backgrounds": "backgrounds.tsv"}
    (folder / CONFIG).write_text(yaml.safe_dump(settings))
    table = finished.table("backgrounds")
    (folder / "backgrounds.tsv").write_text(with_row(table, WALL, "wall.png"))
    noise = np.random.default_rng(0).integers(90, 110, (240, 320, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "wall.png")
    run = checkout.snakemake("--", "dataset")
    assert run.returncode == 0, run.stdout[-6000:]
    return checkout


def rows_of(checkout: Checkout) -> list[list[str]]:
    return [line.split("\t") for line in checkout.table("backgrounds").read_text().splitlines()[1:]]


def chains(checkout: Checkout, extra: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """{reference: the background that esi's video of it draws, then its reserves}."""
    pool = [row[0] for row in rows_of(checkout)] + list(extra)
    found = {}
    for reference in ("wave", "bow"):
        ((drawn, others),) = reserves(0, reference, "esi", pool, 1).items()
        found[reference] = [drawn, *others]
    return found


def video_of(checkout: Checkout, reference: str, drawn: str) -> Path:
    return checkout.results / f"synthetic/{reference}/esi/source/{drawn}.mp4"


def test_only_the_rooms_videos_were_rendered_anew(in_rooms):
    """Features, fits and avatars of the run with another placement are as good."""
    for reference, (drawn, *_) in chains(in_rooms).items():
        placed = load_placed(video_of(in_rooms, reference, drawn).with_suffix(".labels.npz"))
        assert placed.background != WALL
        assert placed.background in [row[0] for row in rows_of(in_rooms)]
    assert rules_of(in_rooms.would_run("--", "dataset")) == set()


def test_a_photo_without_floor_is_passed_over_and_said(in_rooms):
    checked = json.loads((in_rooms.results / "dataset/checks.json").read_text())
    assert checked["videos"] == 2
    for reference, (drawn, *others) in chains(in_rooms).items():
        placed = load_placed(video_of(in_rooms, reference, drawn).with_suffix(".labels.npz"))
        tried = [drawn, *others]
        before = tried[: tried.index(placed.background)]
        if not placed.lacks:
            assert set(placed.passed_over) == set(before)
        if WALL in before:
            assert placed.passed_over[WALL]


def test_a_new_photo_renders_only_the_videos_it_was_drawn_for(in_rooms):
    table = in_rooms.table("backgrounds")
    shutil.copyfile(next(in_rooms.results.glob("world/rooms/*.png")), in_rooms.folder / "own.png")
    before = chains(in_rooms)
    with edited(table, with_row(table, "annexe", "own.png")):
        jobs = in_rooms.would_run()
        after = chains(in_rooms)
    results = in_rooms.settings["results"]
    touched = {
        f"{results}/synthetic/{reference}/esi/source/{after[reference][0]}.{end}"
        for reference in after
        if after[reference] != before[reference]
        for end in ("mp4", "labels.npz")
    }
    assert outputs_of(jobs, "render_in_room") == touched
    own = rules_of(jobs) - FOLLOW - {"render_in_room", "sheet_background"}
    assert own <= {"find_bystanders", "calibrate_background", "animate_avatar"}
    assert outputs_of(jobs, "calibrate_background") == {f"{results}/room/annexe.npz"}


def test_a_photo_said_to_have_no_floor_is_not_drawn(in_rooms):
    table = in_rooms.table("backgrounds")
    header, *rows = table.read_text().splitlines()
    told = [f"{header}\tfloor", *(f"{row}\t{'no' if row.startswith(WALL) else ''}" for row in rows)]
    with edited(table, "\n".join(told) + "\n"):
        jobs = in_rooms.would_run("--", "synthetic")
    assert not any(f"/{WALL}." in path for path in outputs_of(jobs, "render_in_room"))


def test_a_photo_that_is_away_costs_nothing(in_rooms):
    photo = in_rooms.folder / "wall.png"
    content, times = photo.read_bytes(), photo.stat()
    photo.unlink()
    try:
        run = in_rooms.dry_run("--", "dataset")
    finally:
        photo.write_bytes(content)
        os.utime(photo, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert run.returncode == 0 and "warning: wall.png" in run.stdout
    assert "render_in_room" not in run.stdout and "calibrate_background" not in run.stdout


def test_a_lost_record_is_made_again(in_rooms):
    drawn = chains(in_rooms)["wave"][0]
    record = video_of(in_rooms, "wave", drawn).with_suffix(".labels.npz")
    content = record.read_bytes()
    record.unlink()
    try:
        jobs = in_rooms.would_run("--", "synthetic")
    finally:
        record.write_bytes(content)
    assert len(outputs_of(jobs, "render_in_room")) == 2


@pytest.mark.parametrize(
    ("render", "told"),
    [
        ({"keep_rgba": True}, "remove keep_rgba"),
        ({"views": ["source", "az0_el10"]}, "look the same in a room"),
    ],
)
def test_what_does_not_go_with_rooms_is_told(in_rooms, render, told):
    settings = in_rooms.settings
    settings["render"] = settings["render"] | render
    with edited(in_rooms.folder / CONFIG, yaml.safe_dump(settings)):
        run = in_rooms.dry_run()
    assert run.returncode != 0 and told in run.stdout


def test_a_part_switched_off_renders_the_rooms_videos_alone(in_rooms):
    with setting("backgrounds.blend", ["shadow"])(in_rooms):
        assert rules_of(in_rooms.would_run("--", "synthetic")) <= {"render_in_room", "synthetic"}
        assert "render_in_room" in rules_of(in_rooms.would_run("--", "synthetic"))
    with setting("backgrounds.blend", ["texture", "colour", "shadow", "occlusion"])(in_rooms):
        assert rules_of(in_rooms.would_run("--", "dataset")) == set()  # all, in another order
