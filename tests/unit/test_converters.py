"""Toyota Smarthome, NTU RGB+D and RANDOM People, from folders with the true names to tables."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from understudy.cli import main
from understudy.converters.draw import (
    OTHER_CLASS,
)
from understudy.converters.folders import EMPTY, NAMED_OTHERWISE
from understudy.converters.ntu import NTU_CLASSES, read_ntu
from understudy.converters.toyota import TOYOTA_CLASSES, read_toyota
from understudy.errors import UserError
from understudy.plan.planned import read_plan
from understudy.plan.tsv import read_table

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


def test_references_are_taken_from_a_list(smarthome, tmp_path, capsys):
    listed = tmp_path / "references.txt"
    listed.write_text("# picked by hand\nWalk_p03_r00_v01_c01.mp4\n\nCook.Cut_p04_r00_v01_c02\n")
    out = tmp_path / "tables"
    arguments = ["toyota", str(smarthome), "--out", str(out), "--references", str(listed)]
    tables([*arguments, "--protocol", "cs"])
    labels = list(TOYOTA_CLASSES.values())
    references = written(out, "references", labels=labels)
    assert [row["id"] for row in references] == ["Cook-Cut_p04_r00_v01_c02", "Walk_p03_r00_v01_c01"]
    told = capsys.readouterr().out
    assert "2 reference videos of 2 classes\n  fewer than 1 per class: cook_stir 0," in told
    for name, refusal in (
        ("Walk_p99_r00_v01_c01", "the folder has no 'Walk_p99_r00_v01_c01'; correct the list"),
        ("Watchtv_p03_r00_v01_c01.mp4", "is of a class that is not used"),
        ("Walk_p02_r00_v01_c01.mp4", "may not be trained on in protocol cs; pick another"),
        ("# nothing", "names nothing"),
    ):
        listed.write_text(name)
        with pytest.raises(SystemExit, match=refusal):
            tables([*arguments, "--protocol", "cs"])
    with pytest.raises(SystemExit, match=r"none.txt: not a readable list; give a file with one"):
        tables([*arguments[:-1], "none.txt"])
    (tmp_path / "ntu").mkdir()
    touch(tmp_path / "ntu", *(f"S001C001P{i:03d}R001A001_rgb.avi" for i in (1, 2, 3)))
    listed.write_text("S001C001P002R001A001\n")
    ours = ["ntu", str(tmp_path / "ntu"), "--out", str(out), "--references", str(listed)]
    tables([*ours, "--protocol", "cross_subject"])
    found = written(out, "references", labels=["drink_water"])
    assert [row["id"] for row in found] == ["S001C001P002R001A001_rgb"]
    told = capsys.readouterr().out
    assert "left out: class eat_meal, of which there is no training video" in told
    assert f"labels: [drink_water]\ntables: {{identities: {out}/identities.tsv," in told


def test_random_people_as_their_authors_lay_them_out(tmp_path, capsys):
    """A folder for each person: video.mp4, and what ExAvatar derived from it."""
    root = tmp_path / "RANDOM_people"
    for person in ("p-07", "p 12", "p31"):
        touch(
            root / "avatars" / person,
            *("video.mp4", "masks.mp4", "smplx_optimized.mp4", "depthmaps.mp4"),
            *("frames/0.png", "frame_list_all.txt", "smplx_optimized/shape_param.json"),
        )
        touch(root / "avatars_checkpoints" / person, "snapshot_4.pth")
    touch(root, "videos/walk_p31.mp4")
    out = tmp_path / "tables"
    tables(["people", str(root), "--out", str(out)])
    people = written(out, "identities")
    assert [row["id"] for row in people] == ["p-12", "p-07", "p31"]
    assert all(row["video"].endswith("/video.mp4") for row in people)
    assert {row["licence"] for row in people} == {"unstated"}
    told = capsys.readouterr().out
    assert "3 videos" in told and "18 beside a person's video.mp4" in told
    assert "1 not in a person's folder, as others are (walk_p31.mp4)" in told
    listed = tmp_path / "15.txt"
    listed.write_text("p31\np 12\n".replace(" ", "-"))
    tables(["people", str(root), "--out", str(out), "--list", str(listed), "--licence", "CC0"])
    people = written(out, "identities")
    assert [(row["id"], row["licence"]) for row in people] == [("p-12", "CC0"), ("p31", "CC0")]
    listed.write_text("p99\n")
    for more, refusal in (
        (["--list", str(listed)], "the folder has no 'p99'; correct the list"),
        (["--list", str(listed), "--count", "2"], "--count and --list: give one of them"),
    ):
        with pytest.raises(SystemExit, match=refusal):
            tables(["people", str(root), "--out", str(out), *more])
    for number in (3, 4, 10):
        touch(root, f"avatars_checkpoints/p31/snapshot_{number}.pth")
    (root / "avatars_checkpoints/p-07/snapshot_4.pth").unlink()
    avatars = ["--avatars", str(root / "avatars_checkpoints")]
    tables(["people", str(root), "--out", str(out), *avatars])
    people = {row["id"]: row.get("avatar") for row in written(out, "identities")}
    assert people["p-12"].endswith("avatars_checkpoints/p 12/snapshot_4.pth")
    assert people["p31"].endswith("p31/snapshot_10.pth") and people["p-07"] is None
    assert "2 of them with an avatar, which is read, not trained" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"holds no PERSON/snapshot_N.pth of these people"):
        tables(["people", str(root), "--out", str(out), "--avatars", str(out)])
    tables(["people", str(root / "avatars/p31"), "--out", str(out)])
    assert [row["id"] for row in written(out, "identities")] == ["p31"]


def test_a_draw_of_people_is_by_their_folders(tmp_path):
    touch(tmp_path / "all", *(f"p{number}/video.mp4" for number in range(40)))
    drawn = []
    for seed in (0, 1):
        arguments = ["people", str(tmp_path / "all"), "--count", "15", "--seed", str(seed)]
        tables([*arguments, "--out", str(tmp_path / str(seed))])
        drawn.append({row["id"] for row in written(tmp_path / str(seed), "identities")})
    assert [len(people) for people in drawn] == [15, 15] and drawn[0] != drawn[1]


def test_ntus_folder_becomes_tables(tmp_path, capsys):
    for action in (*NTU_CLASSES, 50):
        for subject in (1, 2, 3, 4):
            for camera in (1, 2, 3):
                name = f"S001C{camera:03d}P{subject:03d}R001A{action:03d}_rgb.avi"
                touch(tmp_path / "ntu", f"nturgb+d_rgb/{name}")
    out = tmp_path / "tables"
    tables(["ntu", str(tmp_path / "ntu"), "--out", str(out), "--protocol", "surreact"])
    real = written(out, "real", labels=list(NTU_CLASSES.values()))
    assert {row["camera"] for row in real if row["split"] == "train"} == {"0"}
    assert {row["camera"] for row in real if row["split"] == "test"} == {"0", "45", "90"}
    assert {row["subject"] for row in real if row["split"] == "test"} == {"p003"}
    assert "12 of a class that was not asked for" in capsys.readouterr().out


def test_random_people_become_identities_and_backgrounds(tmp_path, capsys):
    folder = tmp_path / "random people"
    touch(folder, *(f"videos/person {i}.MP4" for i in range(100)), "images/a.jpg")
    touch(folder, "images/bathroom/b.png", "images/big kitchen 2.heic", "images/notes.txt")
    out = tmp_path / "tables"
    tables(["people", str(folder / "videos"), "--out", str(out), "--count", "15"])
    people = written(out, "identities")
    assert len(people) == 15 and people[0]["licence"] == "unstated"
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
        (["toyota", "one", "--classes", "Wolk"], "no class 'Wolk'; did you mean Walk"),
        (["toyota", "one", "--classes", " , "], "names no class"),
        (["toyota", "one", "--classes", "own.txt"], "--classes own.txt: there is no such file"),
        (["toyota", "one", "--classes", "others/own"], "classes others/own: there is no such file"),
        (["toyota", "one", "--missing", "absent.txt"], "absent.txt: cannot be read as text"),
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
