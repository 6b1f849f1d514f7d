"""Records of users' files: the same content, changed content, and what cannot be read."""

import json
import os
from dataclasses import replace

import pytest
from PIL import Image

from understudy.errors import UserError
from understudy.plan.versions import MISSING, Versions
from understudy.sources import read_records, remember, remember_all


@pytest.fixture
def room(tmp_path):
    path = tmp_path / "room.png"
    Image.new("RGB", (32, 32), (90, 120, 60)).save(path)
    return path


@pytest.fixture
def asked(tmp_path, room):
    """The version of the room's file, and what is reported of it, at this moment."""

    def ask():
        versions = Versions(str(tmp_path / "sources"))
        return versions.of("background", "room", str(room)), versions.told

    return ask


@pytest.fixture
def record(tmp_path):
    return tmp_path / "sources/background/room.json"


def test_a_file_that_was_never_read_is_as_it_is_seen(asked, room):
    first, told = asked()
    assert told == [] and first.startswith(f"{room.stat().st_size}-")
    os.utime(room, (1, 1))
    assert asked()[0] != first
    room.unlink()
    version, (told,) = asked()
    assert version == MISSING and told.endswith("the jobs that need it will fail")


def test_a_version_stays_with_its_content(asked, room, record):
    first, _ = asked()
    remember(record, "room", room, first)
    os.utime(room, (1, 1))
    assert asked() == (first, [])
    content = room.read_bytes()
    Image.new("RGB", (32, 32), (200, 0, 0)).save(room)
    os.utime(room, (1, 1))
    assert asked()[0] != first, "another content, older than its record"
    room.write_bytes(content)
    assert asked() == (first, [])


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda path: path.unlink(), "no such file or directory"),
        (lambda path: path.write_bytes(path.read_bytes()[:40]), "is not an image"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: (path.unlink(), path.mkdir()), "is a directory"),
    ],
)
def test_what_cannot_be_read_today_keeps_its_version(asked, room, record, harm, says):
    first, _ = asked()
    remember(record, "room", room, first)
    harm(room)
    version, (told,) = asked()
    assert version == first
    assert str(room) in told and says in told and told.endswith("what was made from it is kept")


def test_what_is_of_the_workflow_is_not_recorded(room, record):
    remember(record, "room", room, None)
    assert not record.exists()


def test_a_file_that_changed_in_the_middle_of_a_run_is_not_taken_for_the_first(room, record):
    remember(record, "room", room, "v1")
    (before,) = read_records(record).values()
    Image.new("RGB", (32, 32), (1, 2, 3)).save(room)
    remember(record, "room", room, "v1")
    assert read_records(record) == {"room": before}
    remember(record, "room", room, "v2")
    (after,) = read_records(record).values()
    assert after.version == "v2" and after.sha256 != before.sha256


def test_records_of_others_stay(tmp_path, room):
    remember_all(tmp_path / "real.json", {"a": (room, "v1"), "b": (room, "v1")})
    remember_all(tmp_path / "real.json", {"b": (room, "v2")})
    records = read_records(tmp_path / "real.json")
    assert records["b"] == replace(records["a"], version="v2")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": {"size": 1}}'])
def test_a_damaged_record_is_none(tmp_path, text):
    (tmp_path / "record.json").write_text(text)
    assert read_records(tmp_path / "record.json") == {}


@pytest.mark.parametrize("text", ["{", "[1]\n", json.dumps(["a", 1]) + "\n", "null\n"])
def test_a_damaged_memory_is_none(asked, room, record, text):
    first, _ = asked()
    remember(record, "room", room, first)
    record.parent.with_name("read.jsonl").write_text(text)
    os.utime(room, (1, 1))
    assert asked() == (first, [])


def test_a_source_that_vanishes_while_it_is_read_is_told(record, room):
    room.unlink()
    with pytest.raises(UserError, match=r"room\.png: was read, but is gone now"):
        remember(record, "room", room, "v1")
