"""The dataset's files from tiny videos: every fact, every check, the effect of a failed video."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.unit.dataset_world import SIZE, make_world
from tests.unit.some_labels import write_some_labels
from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.flags import Flagged, KeepSettings
from understudy.artifacts.people import SHOWS_SOMEBODY, People, save_people
from understudy.artifacts.placed import Blended, Placed
from understudy.artifacts.provenance import made_by, read_note
from understudy.artifacts.quality import PARTS, save_quality
from understudy.dataset.checks import CHECKS
from understudy.errors import UserError
from understudy.files import read_json
from understudy.networks import torchvision_cpu
from understudy.recognition.lists import synthetic_clips
from understudy.report.worst import Told, sheet_worst
from understudy.video.write import VideoWriter


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return make_world(tmp_path_factory.mktemp("world"))


def test_a_video_in_a_room_is_told_by_what_it_shows(world, tmp_path):
    """One that shows another photo than it had drawn, and lacks floor there."""
    clip = world.clips[3]  # over the hall
    record = tmp_path / "hall.npz"
    why = "only 80 % of the floor that it needs is free"
    K = [[50.0, 0.0, 32.0], [0.0, 50.0, 32.0], [0.0, 0.0, 1.0]]
    places = (0.5, 3.0, 12.0, why, K, -8.0, 0.0, 1.31, "table")
    blended = Blended(["occlusion", "shadow"], 0.12, None, 0.5, 0.0, None, None)
    write_some_labels(record, Placed("hall", {"yard": "a wall"}, *places, blended))
    drawn = replace(clip, background="yard", labels=str(record))
    written = world.write(tmp_path, [drawn, *world.clips[:3]])
    row = written.set_index("video").loc[clip.video]
    shown = {"background": "hall", "drawn_background": "yard", "scene": "hall"}
    place = {"camera_height": 1.31, "camera_height_from": "table", "stands_forward": 3.0}
    place |= {"blend": "occlusion shadow", "occluded_share": 0.12}
    facts = shown | place | {"passed_over": '{"yard": "a wall"}', "passed": False}
    assert {key: row[key] for key in facts} == facts
    failed = read_json(tmp_path / "checks.json")["failed"][clip.video]
    assert failed == {"room": f"hall: {why}"}
    assert clip.video not in (tmp_path / "lists/synthetic.txt").read_text()
    sheet = (tmp_path / "datasheet.md").read_text()
    assert "1 of 1 videos show another background than the one drawn" in sheet
    others = written[written["video"] != clip.video]
    assert (others["passed_over"] == "").all() and others["camera_height"].isna().all()


def test_manifest_holds_every_fact(world, tmp_path):
    written = world.write(tmp_path)
    manifest = pd.read_parquet(tmp_path / "manifest.parquet")
    pd.testing.assert_frame_equal(manifest, written)
    assert list(pd.read_csv(tmp_path / "manifest.csv")["video"]) == list(manifest["video"])
    assert len(manifest) == 4 and manifest["passed"].all()
    row = manifest.set_index(["reference", "identity"]).loc[("kick", "ben")]
    facts = {
        "label": "kicking",
        "label_index": 2,
        "view": "source",
        "background": "hall",
        "scene": "hall",
        "reference_subject": "S1",
        "seed": 7,
        "fps": 10,
        "frames": 10,
        "seconds": 1,
        "width": SIZE,
        "height": SIZE,
        "speed": 2,
        "identity_speed": 1,
        "reference_policy": "resample",
        "reference_first_second": 0,
        "reference_last_second": 1.8,
        "reference_left_out": "",
        "reference_keypoints_by": "mediapipe holistic abc",
        "reference_fit_by": "paper",
        "reference_body": "cc0 123",
        "identity_avatar_by": "direct",
        "identity_body": "cc0 123",
        "identity_front_seen": 0.5,
        "identity_right_seen": 0.875,
        "identity_square": 0.525,
        "identity_turned": 340,
        "identity_height": 300,
        "licence": "CC BY-NC 4.0",
        "reference_licence": "CC0",
        "identity_licence": "unstated",
        "identity_consent": "unstated",
        "background_licence": "unstated",
    }
    assert {key: row[key] for key in facts} == facts
    assert len(row["sha256"]) == 64 and len(row["reference_digest"]) == 12
    assert 0.15 < row["hidden_share"] < 0.25  # a box of 40 x 20 px


LEG = {"left_leg": "the left leg is seen in 0 % of the frames, fewer than 50"}
SLIDE = {"slide": "feet slide 34 mm per frame, more than 20"}


def test_what_was_flagged_reaches_every_file(world, tmp_path):
    """And by default keeps a waist-up reference's videos out of the list, no sliding one's."""
    flagged = Flagged({"kick": {**LEG, **SLIDE}, "wave": SLIDE}, {"anna": {}, "ben": {}})
    manifest = replace(world, flagged=flagged).write(tmp_path)
    by_reference = manifest.set_index("reference")
    assert set(by_reference.loc["kick", "reference_flags"]) == {"left_leg, slide"}
    assert set(by_reference.loc["wave", "reference_flags"]) == {"slide"}
    assert set(manifest["identity_flags"]) == {""}
    assert manifest["passed"].all()
    assert list(manifest["kept"]) == list(manifest["reference"] == "wave")
    listed = (tmp_path / "lists/synthetic.txt").read_text()
    assert listed.count("\n") == 2 and "kick" not in listed
    checks = read_json(tmp_path / "checks.json")
    assert (checks["passed"], checks["kept"]) == (4, 2)
    assert checks["flagged"] == {"reference": {"kick": LEG | SLIDE, "wave": SLIDE}, "identity": {}}
    assert checks["left_out"] == {"reference": {"kick": ["left_leg"]}, "identity": {}}
    sheet = (tmp_path / "datasheet.md").read_text()
    assert f"| reference kick | left_leg | {LEG['left_leg']} | left out |" in sheet
    assert f"| reference wave | slide | {SLIDE['slide']} | kept |" in sheet
    assert "| in the list for training | 2 of 4 |" in sheet


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        (KeepSettings((), ()), ["kick anna", "kick ben", "wave anna", "wave ben"]),
        (KeepSettings(("slide",), ()), []),
        (KeepSettings((), ("left_leg",)), ["kick anna", "wave anna"]),
        (KeepSettings(("left_leg",), ("left_leg",)), ["wave anna"]),
    ],
)
def test_the_rule_says_whose_videos_are_kept(world, tmp_path, keep, kept):
    flagged = Flagged({"kick": LEG | SLIDE, "wave": SLIDE}, {"anna": SLIDE, "ben": LEG})
    manifest = replace(world, flagged=flagged).write(tmp_path, keep=keep)
    rows = manifest[manifest["kept"]]
    assert sorted(f"{row.reference} {row.identity}" for row in rows.itertuples()) == kept
    clips = synthetic_clips(
        tmp_path / "checked.parquet",
        flagged.left_out(keep),
        {"kick": "kicking", "wave": "hand_waving"},
        seed=0,
    )
    assert [clip.path for clip in clips] == list(rows["video"])


def measured(folder, risks):
    """A table of quality for each reference, from the risks of its videos."""
    tables: dict[str, list[dict]] = {}
    for (reference, identity, background), risk in risks.items():
        row = {"identity": identity, "view": "source", "background": background, "risk": risk}
        tables.setdefault(reference, []).append(row | dict.fromkeys(PARTS, 0.5))
    files = {reference: folder / f"{reference}.parquet" for reference in tables}
    for reference, rows in tables.items():
        save_quality(files[reference], rows)
    return files


def test_the_risk_of_a_video_reaches_every_file(world, tmp_path):
    risks = {
        ("wave", "anna", "hall"): 0.2,
        ("wave", "ben", "yard"): 0.9,
        ("kick", "ben", "hall"): 1,
    }
    quality = measured(tmp_path, risks)
    keep = replace(KeepSettings(), most_risk=0.9)
    manifest = world.write(tmp_path, quality=quality, keep=keep)
    rows = manifest.set_index(["reference", "identity"])
    assert rows.loc[("wave", "ben"), "risk"] == 0.9 and rows.loc[("wave", "ben"), "kept"]
    assert not rows.loc[("kick", "ben"), "kept"] and rows.loc[("kick", "ben"), "passed"]
    unmeasured = rows.loc[("kick", "anna")]
    assert np.isnan(unmeasured["risk"]) and np.isnan(unmeasured["quality_halo"])
    assert unmeasured["kept"] and rows.loc[("wave", "anna"), "quality_halo"] == 0.5
    checks = read_json(tmp_path / "checks.json")
    assert [row["risk"] for row in checks["worst"]] == [1, 0.9, 0.2] and checks["too_risky"] == 1
    assert "kick/ben" not in (tmp_path / "lists/synthetic.txt").read_text()
    out = tmp_path / "worst.jpg"
    sources = world.inputs.references
    told = {
        id_: Told(sources.normalised[id_].with_suffix(".mp4"), sources.fits[id_])
        for id_ in ("wave", "kick")
    }
    shown = sheet_worst(tmp_path / "manifest.parquet", told, out)
    assert shown == [row["video"] for row in checks["worst"]] and Image.open(out).height > 6 * 100


def test_a_sheet_of_nothing_measured_says_so(world, tmp_path):
    world.write(tmp_path)
    assert sheet_worst(tmp_path / "manifest.parquet", {}, tmp_path / "worst.jpg") == []
    assert Image.open(tmp_path / "worst.jpg").height < 300


def test_the_part_without_its_person_is_told_and_not_in_the_video(world, tmp_path):
    confidence = np.ones(12)
    confidence[:2] = 0  # of a normalised reference of 12 frames, 10 a second
    late = tmp_path / "late_fit.npz"
    save_arrays(late, {"confidence": confidence}, {"kind": "fit", "fps": 10.0})
    fits = {**world.inputs.references.fits, "kick": late}
    references = replace(world.inputs.references, fits=fits)
    manifest = world.write(tmp_path, references=references).set_index("reference")
    assert manifest["passed"].all()  # ten frames each
    kick = manifest.loc["kick"].iloc[0]
    assert kick["reference_left_out"] == "nobody is seen before 0.2 s"
    # The note has 10 frames over 1.8 s of the source; the fit, as made up here, has 12.
    assert kick["reference_first_second"] == pytest.approx(2 / 11 * 1.8, abs=1e-6)
    assert kick["reference_last_second"] == pytest.approx(1.8)
    save_arrays(late, {"confidence": np.ones(12)}, {"kind": "fit", "fps": 10.0})
    world.write(tmp_path / "b", references=references)
    problems = read_json(tmp_path / "b/checks.json")["failed"].values()
    assert [one["frames"] for one in problems] == ["10, the reference 12"] * 2


def test_lists_are_read_by_pytorchvideo(world, tmp_path):
    torchvision_cpu.install()
    from pytorchvideo.data.labeled_video_paths import LabeledVideoPaths

    manifest = world.write(tmp_path)
    paths = LabeledVideoPaths.from_path(str(tmp_path / "lists/synthetic.txt"))
    read = [(path, info["label"]) for path, info in paths]
    assert read == list(zip(manifest["video"], manifest["label_index"], strict=True))
    train = LabeledVideoPaths.from_path(str(tmp_path / "lists/real_train.txt"))
    assert list(train) == [("real/one two.mp4", {"label": 0})]
    assert (tmp_path / "lists/real_test.txt").read_text() == "real/r2.mp4 2\n"
    assert read_json(tmp_path / "labels.json") == {"bow": 0, "hand_waving": 1, "kicking": 2}


def test_same_inputs_same_bytes(world, tmp_path):
    world.write(tmp_path / "a")
    world.write(tmp_path / "b", world.clips[::-1])
    for path in sorted((tmp_path / "a").rglob("*.*")):
        other = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_bytes() == other.read_bytes(), path.name


def test_datasheet_says_whose_how_and_under_what(world, tmp_path):
    world.write(tmp_path)
    text = (tmp_path / "datasheet.md").read_text()
    for words in (
        "# tiny",
        "| synthetic videos | 4, 0.1 minutes |",
        "| kicking | 2 | 1 |",
        "kick (2 times)",
        "Consent is not stated for 1 of 2 people** (ben)",
        "| anna | unstated | publication |",
        "mediapipe holistic abc",
        "background images: CC BY 4.0 (1), unstated (1)",
        "The synthetic videos: CC BY-NC 4.0.",
        "seed 7",
    ):
        assert words in text, words


def test_the_datasheet_repeats_why_a_pair_is_allowed(world, tmp_path):
    world.write(tmp_path)
    assert "look like copies" not in (tmp_path / "datasheet.md").read_text()
    world.write(tmp_path, allowed=[{"test": "r2", "other": "kick", "reason": "another take"}])
    assert "| r2 | kick | another take |" in (tmp_path / "datasheet.md").read_text()


@pytest.fixture
def broken(world, tmp_path):
    """The world's first video, replaced by `make(path)`; the others unchanged."""

    def run(make):
        path = tmp_path / "broken.mp4"
        make(path)
        clips = [replace(world.clips[0], video=str(path)), *world.clips[1:]]
        manifest = world.write(tmp_path / "dataset", clips)
        checks = read_json(tmp_path / "dataset/checks.json")
        listed = (tmp_path / "dataset/lists/synthetic.txt").read_text()
        assert str(path) not in listed and listed.count("\n") == 3
        return manifest, checks, checks["failed"].get(str(path))

    return run


def composited(path, colour=(250, 0, 0), frames=10, fps=10, background=60, size=SIZE):
    with VideoWriter(path, size, size, fps) as video:
        image = np.full((frames, size, size, 3), background, np.uint8)
        image[:, 10:50, 10:30] = colour
        video.write(image)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: path.write_text("text"), "decodes"),
        (lambda path: composited(path, frames=9), "frames"),
        (lambda path: composited(path, fps=12), "rate"),
        (lambda path: composited(path, size=96), "size"),
        (lambda path: composited(path, colour=(60, 60, 60)), "figure"),
        (lambda path: composited(path, background=240), "figure"),
    ],
)
def test_a_failed_video_is_kept_out_of_the_lists(broken, make, problem):
    manifest, checks, failed = broken(make)
    assert problem in failed and problem in CHECKS
    assert checks["checks"][problem]["failed"] == 1
    assert (checks["videos"], checks["passed"]) == (4, 3)
    assert manifest["passed"].sum() == 3


def test_a_background_with_somebody_in_it_is_told_and_left_out(world, tmp_path):
    people = People([[10.0, 5.0, 30.0, 60.0]], "hall.png", "abc", {})
    save_people(tmp_path / "hall.people.json", people)
    save_people(tmp_path / "yard.people.json", replace(people, boxes=[]))
    files = {name: tmp_path / f"{name}.people.json" for name in ("hall", "yard")}
    manifest = world.write(tmp_path, people=files)
    assert set(manifest["background"][~manifest["passed"]]) == {"hall"}
    assert set(manifest["background"][manifest["passed"]]) == {"yard"}
    failed = read_json(tmp_path / "checks.json")["failed"]
    assert {"alone": f"hall: {SHOWS_SOMEBODY}"} in failed.values()
    assert world.write(tmp_path, people={"yard": files["yard"]})["passed"].all()  # floor: yes


def test_the_datasheet_says_how_much_the_scene_gives_away(world, tmp_path):
    """Two of four videos are in the hallway, and the yard's kind is unknown; label and scene are
    independent: each label has one video of each."""
    manifest = world.write(tmp_path)
    kinds = manifest.set_index("background")["scene_kind"]
    assert set(kinds["hall"]) == {"hallway"} and set(kinds["yard"]) == {""}
    sheet = (tmp_path / "datasheet.md").read_text()
    assert "(`backgrounds.match: any`). Kinds of scene (videos): hallway (2)." in sheet
    assert "says 0.00 bits about the action, the photo 0.00" in sheet
    world.write(tmp_path, match="plausible")
    assert "only in kinds of place where they are seen" in (tmp_path / "datasheet.md").read_text()


def test_the_same_content_twice_is_found(world, tmp_path):
    copy = tmp_path / "zcopy.mp4"
    copy.write_bytes(Path(world.clips[1].video).read_bytes())
    clips = [*world.clips, replace(world.clips[1], view="top", video=str(copy))]
    world.write(tmp_path, clips)
    failed = read_json(tmp_path / "checks.json")["failed"]
    assert list(failed) == [str(copy)] and "same as" in failed[str(copy)]["unique"]


def test_missing_videos_are_listed(world, tmp_path):
    """Nor is anything needed of a reference none of whose videos was made."""
    clips = [*world.clips[:3], replace(world.clips[3], reference="gone", video="gone.mp4")]
    manifest = world.write(tmp_path, clips)
    assert len(manifest) == 3
    assert read_json(tmp_path / "checks.json")["missing"] == {"gone.mp4": "gone since it was made"}
    with pytest.raises(UserError, match="no synthetic video"):
        world.write(tmp_path / "none", clips[3:])


def test_unknown_label(world, tmp_path):
    with pytest.raises(UserError, match="unknown label 'kicking'"):
        world.write(tmp_path, labels=["bow", "hand_waving"])


def test_notes_of_every_kind_of_file(world, tmp_path):
    assert read_note(world.inputs.identities.made["anna"][2])["kind"] == "avatar"
    assert read_note(world.inputs.references.made["wave"][0])["backend"] == "mediapipe"
    assert read_note(world.inputs.references.normalised["wave"])["speed"] == 1
    assert made_by({"backend": "a", "model": "b"}) == "a b" and made_by({}) == "unstated"
    (tmp_path / "bad.npz").write_text("nothing")
    with pytest.raises(UserError, match="no readable metadata"):
        read_note(tmp_path / "bad.npz")
