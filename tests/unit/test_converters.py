"""Toyota Smarthome, NTU RGB+D and RANDOM People, from folders with the true names to tables."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from understudy.cli import main
from understudy.converters.draw import ABOVE, NEITHER, OTHER_CAMERA, OTHER_CLASS, Caps, draw
from understudy.converters.folders import EMPTY, NAMED_OTHERWISE
from understudy.converters.ntu import NTU, NTU_CLASSES, read_ntu
from understudy.converters.recordings import Recording
from understudy.converters.toyota import TOYOTA_CLASSES, read_toyota
from understudy.errors import UserError
from understudy.plan.planned import read_plan
from understudy.plan.tsv import read_table
from understudy.registry import chosen

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "workflow/schemas"
NTU_SUBJECTS, TOYOTA_SUBJECTS = range(1, 41), (2, 3, 4, 6, 7, 9, 10, 11, 12, 13, 14, 15, 25)


def tables(arguments: list[str]) -> None:
    """`understudy tables`."""
    main(["tables", *arguments], standalone_mode=False)


# Names


@pytest.mark.parametrize(
    ("name", "label", "subject", "camera"),
    [
        ("Cook.Cut_p02_r00_v02_c03.mp4", "cook_cut", 2, 3),
        ("Eat.Snack_p15_r02_v01_c06.mp4", "eat_snack", 15, 6),
        ("Maketea.Insertteabag_p13_r00_v04_c03.mp4", "maketea_insertteabag", 13, 3),
        ("Getup_p03_r01_v10_c01.mp4", "getup", 3, 1),
        ("WatchTV_p20_r04_v13_c04.mp4", None, 20, 4),
    ],
)
def test_toyotas_names(name, label, subject, camera):
    recording = read_toyota(f"mp4/{name}")
    assert (recording.label, recording.subject, recording.camera) == (label, subject, camera)
    assert (recording.angle, recording.seen_from) == (None, f"c{camera:02d}")
    assert recording.performance == name.rsplit("_c", 1)[0]


@pytest.mark.parametrize(
    ("name", "label", "subject", "seen_from"),
    [
        ("S001C002P003R002A013_rgb.avi", None, 3, "0"),
        ("S001C003P003R001A010_rgb.avi", "clapping", 3, "0"),
        ("S017C001P020R001A031_rgb.avi", "point", 20, "45"),
        ("S001C002P003R001A040_rgb.avi", "cross_hands", 3, "90"),
        ("S001C003P106R002A001.mp4", "drink_water", 106, "90"),
    ],
)
def test_ntus_names(name, label, subject, seen_from):
    recording = read_ntu(f"nturgb+d_rgb/{name}")
    assert (recording.label, recording.subject) == (label, subject)
    assert recording.seen_from == seen_from
    others = [name.replace(name[4:8], f"C00{camera}") for camera in (1, 2, 3)]
    assert {read_ntu(other).performance for other in others} == {recording.performance}
    assert read_ntu(name.replace("R00", "R01")).performance != recording.performance


@pytest.mark.parametrize("read", [read_toyota, read_ntu])
@pytest.mark.parametrize("name", ["video.mp4", "S1C2P3R2A13_rgb.avi", "Cook.Cut_p02.mp4", "x"])
def test_other_names_say_nothing(read, name):
    assert read(name) is None


def test_the_papers_classes():
    assert len(set(NTU_CLASSES.values())) == len(set(TOYOTA_CLASSES.values())) == 16
    shipped = yaml.safe_load((ROOT / "config/config.yaml").read_text())["labels"]
    assert list(NTU_CLASSES.values()) == shipped


# Protocols


def ntu(subject=1, camera=1, replication=1, action=1, setup=1) -> Recording:
    names = f"S{setup:03d}C{camera:03d}P{subject:03d}R{replication:03d}A{action:03d}"
    return read_ntu(f"{names}_rgb.avi")


def toyota(subject=3, camera=1, version=1, activity="Walk") -> Recording:
    return read_toyota(f"{activity}_p{subject:02d}_r00_v{version:02d}_c{camera:02d}.mp4")


def splits(dataset: str, protocol: str, recordings: list[Recording]) -> dict[Recording, str | None]:
    split = chosen("dataset", dataset).protocols[protocol]
    return {one: split(one) for one in recordings}


def test_ntus_cross_subject_halves_the_people():
    found = splits("ntu", "cross_subject", [ntu(subject) for subject in range(1, 107)])
    assert Counter(found.values()) == {"train": 20, "test": 20, None: 66}
    assert found[ntu(1)] == found[ntu(38)] == "train" and found[ntu(3)] == "test"


def test_ntus_cross_view_trains_from_the_front():
    every = [
        ntu(subject, camera, replication)
        for subject in NTU_SUBJECTS
        for camera in (1, 2, 3)
        for replication in (1, 2)
    ]
    found = splits("ntu", "cross_view", every)
    trained = [one for one, split in found.items() if split == "train"]
    tested = [one for one, split in found.items() if split == "test"]
    assert {one.angle for one in trained} == {0} and len(trained) == 20 * 2
    assert Counter(one.angle for one in tested) == {0: 40, 45: 40, 90: 40}
    assert not {one.subject for one in trained} & {one.subject for one in tested}


def test_toyotas_protocols():
    every = [toyota(subject, camera) for subject in TOYOTA_SUBJECTS for camera in range(1, 8)]
    subjects = {"train": set(), "test": set()}
    for one, split in splits("toyota", "cs", every).items():
        subjects[split].add(one.subject)
    assert subjects["test"] == {2, 10, 11, 14} and 25 in subjects["train"]
    for protocol, train in (("cv1", {1}), ("cv2", {1, 3, 4, 6, 7})):
        found = splits("toyota", protocol, every)
        cameras = {
            split: {one.camera for one, said in found.items() if said == split}
            for split in ("train", "test", None)
        }
        assert cameras["train"] == train and cameras["test"] == {2}
        assert 5 in cameras[None], "the validation camera"


# The draw


def drawn(protocol: str = "paper", seed: int = 0, caps: Caps | None = None, extra=()):
    every = [
        ntu(subject, camera, replication, action)
        for subject in NTU_SUBJECTS
        for camera in (1, 2, 3)
        for replication in (1, 2)
        for action in (1, 10, 13)
    ]
    labels = ["drink_water", "clapping"]
    return draw([*every, *extra], labels, NTU.protocols[protocol], caps or Caps(60, 20, 5), seed)


@pytest.mark.parametrize("protocol", NTU.protocols)
def test_no_performance_is_on_both_sides(protocol):
    found = drawn(protocol)
    tested = {one.performance for one in found.test}
    assert tested and not tested & {one.performance for one in found.train}
    assert not tested & {one.performance for one in found.references}
    assert set(found.references) <= set(found.train)
    assert len({one.performance for one in found.references}) == len(found.references) == 10


def test_as_many_of_each_class_as_asked():
    found = drawn()
    for recordings, cap in ((found.train, 60), (found.test, 20), (found.references, 5)):
        assert Counter(one.label for one in recordings) == {"drink_water": cap, "clapping": cap}
    by_angle = Counter((one.label, one.angle) for one in drawn("cross_view").test)
    assert set(by_angle.values()) == {20} and len(by_angle) == 6


def test_every_recording_is_drawn_or_left_out_and_why():
    found = drawn()
    used = {one.path for one in [*found.train, *found.test]}
    assert not used & set(found.left_out) and len(used) + len(found.left_out) == 40 * 6 * 3
    assert set(found.left_out.values()) == {OTHER_CLASS, OTHER_CAMERA, ABOVE}
    assert set(drawn("cross_view").left_out.values()) == {OTHER_CLASS, NEITHER, ABOVE}


def test_a_draw_is_the_seeds_and_one_more_file_moves_few():
    assert drawn().train == drawn().train
    assert set(drawn(seed=1).test) != set(drawn().test)
    more = drawn("cross_subject", extra=[ntu(3, action=1, setup=2)])
    before = drawn("cross_subject")
    assert len(set(before.test) - set(more.test)) <= 1 and before.train == more.train


def test_the_shared_subjects_are_told():
    assert drawn("paper").shared_subjects() and not drawn("cross_subject").shared_subjects()


# From folders to tables


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"video")


@pytest.fixture
def smarthome(tmp_path):
    """All 16 classes, and what else is in the owners' folder."""
    folder = tmp_path / "toyota"
    for name in (*TOYOTA_CLASSES, "WatchTV"):
        for subject in TOYOTA_SUBJECTS:
            for camera in (1, 2, 5):
                touch(folder, f"mp4/{name.title()}_p{subject:02d}_r00_v01_c{camera:02d}.mp4")
    touch(folder, "readme.txt", "mp4/trailer.mp4", "copy/Walk_p03_r00_v01_c01.mp4")
    (folder / "mp4/Walk_p03_r09_v09_c01.mp4").touch()
    return folder


def written(folder: Path, name: str, **more) -> list[dict]:
    return read_table(folder / f"{name}.tsv", SCHEMAS / f"{name}.schema.yaml", **more)


def test_toyotas_folder_becomes_tables(smarthome, tmp_path, capsys):
    out = tmp_path / "tables"
    tables(["toyota", str(smarthome), "--out", str(out), "--protocol", "cs", "--test", "6"])
    labels = list(TOYOTA_CLASSES.values())
    real = written(out, "real", labels=labels)
    assert Counter(row["split"] for row in real) == {"train": 16 * 9 * 3, "test": 16 * 6}
    references = written(out, "references", labels=labels)
    assert Counter(row["label"] for row in references) == dict.fromkeys(labels, 5)
    assert all(Path(row["video"]).is_file() for row in [*real, *references])
    told = capsys.readouterr().out
    assert "fewer than 225 per class: cook_cut 27," in told
    assert "disjoint_by: subject" in told and f"labels: [{', '.join(labels)}]" in told
    left_out = dict(
        line.split("\t") for line in (out / "left_out_toyota.tsv").read_text().splitlines()[1:]
    )
    why = {Path(path).name: reason for path, reason in left_out.items()}
    assert why["readme.txt"] == "no video" and why["trailer.mp4"] == NAMED_OTHERWISE
    assert why["Walk_p03_r09_v09_c01.mp4"] == EMPTY
    assert why["Watchtv_p03_r00_v01_c01.mp4"] == OTHER_CLASS
    assert "stands for" in why["Walk_p03_r00_v01_c01.mp4"]


@pytest.mark.parametrize(
    ("protocol", "by"), [("paper", "video"), ("cs", "subject"), ("cv1", "video"), ("cv2", "video")]
)
def test_a_plan_takes_the_tables_as_they_were_told(smarthome, tmp_path, capsys, protocol, by):
    """What is printed for the config is what the plan's own leak check requires."""
    out = tmp_path / "tables"
    tables(["toyota", str(smarthome), "--out", str(out), "--protocol", protocol, "--test", "3"])
    config = yaml.safe_load(capsys.readouterr().out.split("In the config:\n")[1])
    assert config["experiments"]["disjoint_by"] == by
    people = {"identities": "video", "backgrounds": "image"}
    for name, column in people.items():
        (out / f"{name}.tsv").write_text(f"id\t{column}\nx\tx.mp4\n")
    names = (*people, "references", "real")
    config["tables"] = {name: str(out / f"{name}.tsv") for name in names}
    config["backgrounds"] = {"per_pair": 1}
    config["experiments"]["models"] = {"resnet": {}}
    assert len(read_plan(config, SCHEMAS).runs) == 2
    if by == "video":
        config["experiments"]["disjoint_by"] = "subject"
        with pytest.raises(UserError, match="leakage: subject"):
            read_plan(config, SCHEMAS)


def test_ntus_folder_becomes_tables(tmp_path, capsys):
    for action in (*NTU_CLASSES, 50):
        for subject in (1, 2, 3, 4):
            for camera in (1, 2, 3):
                name = f"S001C{camera:03d}P{subject:03d}R001A{action:03d}_rgb.avi"
                touch(tmp_path / "ntu", f"nturgb+d_rgb/{name}")
    out = tmp_path / "tables"
    tables(["ntu", str(tmp_path / "ntu"), "--out", str(out), "--protocol", "cross_view"])
    real = written(out, "real", labels=list(NTU_CLASSES.values()))
    assert {row["camera"] for row in real if row["split"] == "train"} == {"0"}
    assert {row["camera"] for row in real if row["split"] == "test"} == {"0", "45", "90"}
    assert {row["subject"] for row in real if row["split"] == "test"} == {"p003"}
    assert "12 of a class that the paper does not use" in capsys.readouterr().out


def test_random_people_become_identities_and_backgrounds(tmp_path, capsys):
    folder = tmp_path / "random people"
    touch(folder, *(f"videos/person {i}.MP4" for i in range(100)), "images/a.jpg")
    touch(folder, "images/bathroom/b.png", "images/big kitchen 2.heic", "images/notes.txt")
    out = tmp_path / "tables"
    tables(["people", str(folder / "videos"), "--out", str(out), "--count", "15"])
    people = written(out, "identities")
    assert len(people) == 15 and people[0]["licence"] == "CC BY-NC 4.0"
    tables(["people", str(folder / "videos"), "--out", str(tmp_path / "all")])
    everyone = written(tmp_path / "all", "identities")
    assert len(everyone) == 100
    assert {row["id"] for row in people} < {row["id"] for row in everyone}
    tables(["backgrounds", str(folder / "images"), "--out", str(out)])
    scenes = {row["id"]: row.get("scene", "") for row in written(out, "backgrounds")}
    assert scenes == {"a": "", "b": "bathroom", "big-kitchen-2": "kitchen"}
    assert "1 no image (notes.txt)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["toyota", "absent"], "absent: no such folder"),
        (["toyota", "empty"], "empty: holds no video"),
        (["ntu", "others"], "none of its 1 videos is named as in the dataset"),
        (["ntu", "others", "--protocol", "cs"], "ntu has paper, cross_subject, cross_view"),
        (["toyota", "one", "--protocol", "cs"], "no test video for protocol cs"),
        (["people", "others", "--count", "2"], "--count 2: the folder holds 1"),
        (["people", "same"], "gives the same id 'a-b' as same/a b.mp4"),
    ],
)
def test_what_cannot_be_is_one_line(tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    touch(tmp_path, "others/x.mp4", "one/Walk_p03_r00_v01_c01.mp4", "same/a b.mp4", "same/a-b.mp4")
    with pytest.raises(SystemExit, match=f"error: .*{told}"):
        tables([*arguments, "--out", "tables"])
    assert not (tmp_path / "tables").exists()
