"""Which classes of a dataset are used, how they are spelt, and what is left out by a list."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.unit.test_converters import tables, touch, written
from understudy.converters.toyota import SPELT


def folder_of(names: tuple[str, ...], folder: Path) -> Path:
    """Smarthome's files of some activities: two people, two cameras."""
    for name in names:
        for subject in (2, 3):
            for camera in (1, 2):
                touch(folder, f"{name}_p{subject:02d}_r01_v01_c{camera:02d}.mp4")
    return folder


def labels_of(out: Path, printed: str) -> list[str]:
    """The labels that were printed for the config; the same as in real.tsv."""
    labels = yaml.safe_load(printed.split("In the config:\n")[1])["labels"]
    assert {row["label"] for row in written(out, "real", labels=labels)} == set(labels)
    return labels


def test_all_classes_as_the_dataset_spells_them(tmp_path, capsys):
    """Case C09: the 31 activities of Smarthome, 124 files, none left out."""
    folder = folder_of(tuple(SPELT.values()), tmp_path / "toyota")
    out = tmp_path / "tables"
    arguments = ["toyota", str(folder), "--out", str(out), "--protocol", "cs", "--classes", "all"]
    tables(arguments)
    plain = labels_of(out, capsys.readouterr().out)
    assert len(plain) == 31 and {"cook_cut", "watchtv", "makecoffee_pourgrains"} < set(plain)
    assert len(written(out, "real", labels=plain)) == 124
    tables([*arguments, "--labels", "dataset"])
    assert labels_of(out, capsys.readouterr().out) == list(SPELT.values())


@pytest.mark.parametrize(
    ("asked", "labels"),
    [
        ("WatchTV,cook_cut", ["watchtv", "cook_cut"]),
        ("Cook.Cut, cook.stir", ["cook_cut", "cook_stir"]),
    ],
)
def test_classes_by_name(tmp_path, capsys, asked, labels):
    folder = folder_of(("Cook.Cut", "Cook.Stir", "WatchTV", "Walk"), tmp_path / "toyota")
    out = tmp_path / "tables"
    tables(["toyota", str(folder), "--out", str(out), "--protocol", "cs", "--classes", asked])
    assert labels_of(out, capsys.readouterr().out) == labels


def test_a_file_of_classes_gives_labels_and_joins_classes(tmp_path, capsys):
    folder = folder_of(("Cook.Cut", "Cook.Stir", "WatchTV", "Walk"), tmp_path / "toyota")
    listed, out = tmp_path / "classes.txt", tmp_path / "tables"
    listed.write_text("# ours\nCook.Cut\tcook\nCook.Stir\tcook\nWatchTV\n\n")
    tables(["toyota", str(folder), "--out", str(out), "--protocol", "cs", "--classes", str(listed)])
    assert labels_of(out, capsys.readouterr().out) == ["cook", "watchtv"]
    real = written(out, "real", labels=["cook", "watchtv"])
    assert Counter(row["label"] for row in real) == {"cook": 8, "watchtv": 4}


def test_ntus_classes_by_number_and_its_missing_skeletons(tmp_path, capsys):
    names = [
        f"S001C{camera:03d}P{subject:03d}R00{take}A{action:03d}"
        for action in (1, 43, 58)
        for subject in (1, 2, 3)
        for camera in (1, 2, 3)
        for take in (1, 2)
    ]
    touch(tmp_path / "ntu", *(f"{name}_rgb.avi" for name in names))
    missing = tmp_path / "missing.txt"
    missing.write_text("Samples with missing skeletons:\n" + "\n".join(names[::9]) + "\n")
    out = tmp_path / "tables"
    options = ["--classes", "A001,43,handshaking", "--labels", "dataset", "--missing", str(missing)]
    tables(
        ["ntu", str(tmp_path / "ntu"), "--out", str(out), "--protocol", "cross_subject", *options]
    )
    told = capsys.readouterr().out
    labels = labels_of(out, told)
    assert labels == ["drink water", "falling", "handshaking"]
    real = written(out, "real", labels=labels)
    assert len(real) == 54 - 6 and not {row["id"].removesuffix("_rgb") for row in real} & {
        *names[::9]
    }
    assert f"6 named in {missing}" in told
    references = written(out, "references", labels=labels)
    assert {row["label"] for row in references} == {"drink water", "falling"}
    assert "which two people perform together (handshaking" in told
