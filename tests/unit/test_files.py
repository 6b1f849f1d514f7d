"""Files are whole or absent; one line reports what is broken, foreign or out of disk space."""

import errno
import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.artifacts.masks import load_masks, pack_masks
from understudy.artifacts.tensors import save_tensors
from understudy.errors import UserError
from understudy.files import (
    REFUSALS,
    atomic_path,
    read_json,
    remove_temporary,
    scratch_path,
    write_json,
    write_text,
)

NO_ROOM = r"target\.\w+: no space left on the disk; free some and rerun$"


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "stored.npz"
    save_arrays(path, {"x": np.arange(5000) ** 2}, {"kind": "fit", "body": "a"})
    return path


def test_arrays_and_their_note_come_back(stored):
    read = load_arrays(stored, "fit", "a")
    assert np.array_equal(read["x"], np.arange(5000) ** 2)
    assert read.about == {"kind": "fit", "body": "a"}


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.98])
def test_a_truncated_file_is_told(stored, share):
    whole = stored.read_bytes()
    stored.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UserError, match=r"stored\.npz: not a readable fit file .*; delete it"):
        load_arrays(stored, "fit")


def test_damaged_content_is_told(stored):
    content = bytearray(stored.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 200] = bytes(200)
    stored.write_bytes(content)
    with pytest.raises(UserError, match=r"stored\.npz: not a readable fit file"):
        load_arrays(stored, "fit")


@pytest.mark.parametrize("start", range(0, 200, 8))
def test_a_hole_in_an_arrays_header_is_told(tmp_path, start):
    """NumPy reads the header of an array as Python's own words, and trips in many ways."""
    path = tmp_path / "stored.npz"
    np.savez(path, x=np.arange(5000.0), about=np.frombuffer(b'{"kind": "fit"}', np.uint8))
    content = bytearray(path.read_bytes())
    content[start : start + 40] = bytes(40)
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"stored\.npz: not a readable fit file [^\n]*delete it"):
        load_arrays(path, "fit", shapes={"x": ("n",)})


def test_another_kind_or_body_model_is_refused(stored):
    with pytest.raises(UserError, match="holds fit, expected masks; delete it and rerun"):
        load_arrays(stored, "masks")
    with pytest.raises(UserError, match="made for body model a, but the configured one is b"):
        load_arrays(stored, "fit", "b")


SHAPES = {"xy": ("n", 133, 2), "score": ("n", 133)}
DAMAGED = {
    "score is missing": {"xy": np.zeros((4, 133, 2))},
    "xy is (4, 130, 2), not (n, 133, 2)": {"xy": np.zeros((4, 130, 2))},
    "xy is (4, 133), not (n, 133, 2)": {"xy": np.zeros((4, 133))},
    "score is (3, 133), not (4, 133)": {"xy": np.zeros((4, 133, 2)), "score": np.zeros((3, 133))},
    "xy holds NaN or infinity": {"xy": np.full((4, 133, 2), np.nan)},
    "xy holds no numbers": {"xy": np.full((4, 133, 2), "a")},
    "irises is (4, 2), not (4, 2, 3)": {
        **{"xy": np.zeros((4, 133, 2)), "score": np.zeros((4, 133)), "irises": np.zeros((4, 2))}
    },
}


@pytest.mark.parametrize(("wrong", "arrays"), DAMAGED.items())
def test_arrays_that_are_not_what_the_kind_says_are_told(tmp_path, wrong, arrays):
    path = tmp_path / "stored.npz"
    save_arrays(path, arrays, {"kind": "keypoints"})
    with pytest.raises(UserError) as told:
        load_arrays(path, "keypoints", None, SHAPES, {"irises": ("n", 2, 3)})
    assert str(told.value) == f"{path}: is damaged ({wrong}); delete it and rerun"


def test_metadata_that_is_no_object_is_told(tmp_path):
    path = tmp_path / "stored.npz"
    np.savez(path, about=np.frombuffer(b"[1]", np.uint8))
    with pytest.raises(UserError, match="not a readable fit file"):
        load_arrays(path, "fit")


class NotAnOSError(Exception):
    """As safetensors raises when the disk is full."""


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        NotAnOSError("I/O error: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_told_and_leaves_the_older_file(tmp_path, error):
    target = tmp_path / "target.bin"
    target.write_text("older")
    with pytest.raises(UserError, match=NO_ROOM), atomic_path(target) as path:
        path.write_text("half")
        raise error
    assert target.read_text() == "older" and list(tmp_path.iterdir()) == [target]


def test_other_errors_stay_what_they_are(tmp_path):
    with pytest.raises(ZeroDivisionError), atomic_path(tmp_path / "target.bin"):
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", REFUSALS, ids=errno.errorcode.get)
def test_what_a_disk_refuses_is_one_line_that_names_the_file(tmp_path, number):
    target = tmp_path / "target.bin"
    with pytest.raises(UserError) as told, atomic_path(target) as path:
        raise OSError(number, os.strerror(number), str(path))
    assert str(told.value) == f"{target}: {REFUSALS[number]}"
    assert not list(tmp_path.iterdir())


def test_a_refusal_of_another_file_names_that_one(tmp_path):
    told = pytest.raises(UserError, match=r"^/elsewhere/x\.npz: permission denied; check")
    with told, atomic_path(tmp_path / "target.bin"):
        raise OSError(errno.EACCES, "Permission denied", "/elsewhere/x.npz")


def test_a_name_that_is_too_long_is_told(tmp_path):
    told = pytest.raises(UserError, match="x: the name is too long for the file system; shorten")
    with told, atomic_path(tmp_path / ("x" * 300)):
        pass


def test_a_file_in_place_of_a_folder_is_told(tmp_path):
    (tmp_path / "results").write_text("a file")
    told = pytest.raises(UserError, match="results: is there already, and is no folder; move")
    with told, atomic_path(tmp_path / "results/a.bin"):
        pass


@pytest.mark.parametrize(("umask", "mode"), [(0o002, 0o664), (0o022, 0o644), (0o077, 0o600)])
def test_rights_are_those_of_the_umask(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_text(tmp_path / "a.txt", "a")
        save_tensors(tmp_path / "a.safetensors", {"x": torch.zeros(2)}, {})
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {mode}


KILLED = """
import os, signal, sys
from understudy.files import atomic_path
with atomic_path(sys.argv[1]) as path:
    path.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_next_job_of_a_file_removes_what_a_killed_one_left(tmp_path):
    target, other = tmp_path / "a.mp4", tmp_path / "a.12345678.mp4"
    for path in (target, other):
        environment = {"PYTHONPATH": ":".join(sys.path)}
        subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment)
    left = {path.name for path in tmp_path.iterdir()}
    assert len(left) == 2
    with atomic_path(target) as path:
        assert len(list(tmp_path.iterdir())) == 2  # its own, and the other file's
        remove_temporary(target)
        assert path.exists()  # it is being written
    assert {path.name.count(".12345678.") for path in tmp_path.iterdir()} == {0, 1}


FILL = """
import sys
import numpy as np
from understudy.errors import UserError
from understudy.artifacts.arrays import save_arrays
folder = sys.argv[1]
for i in range(99):
    try:
        save_arrays(f"{folder}/{i}/target.npz", {"x": np.arange(9)}, {"kind": "fit"})
    except UserError as error:
        print(error)
        break
"""


def test_a_disk_without_room_for_one_more_file(tmp_path):
    """A real, tiny disk: not even the temporary file, or its folder, can be made."""
    mount = 'mount -t tmpfs -o size=64k,nr_inodes=8 tmpfs "$0" && exec "$@"'
    within = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(tmp_path)]
    if subprocess.run([*within, "true"], capture_output=True).returncode != 0:
        pytest.skip("no small disk can be mounted here")
    run = subprocess.run(
        [*within, sys.executable, "-c", FILL, str(tmp_path)],
        env={"PYTHONPATH": ":".join(sys.path)},
        text=True,
        capture_output=True,
    )
    assert run.returncode == 0 and not run.stderr, run.stderr
    assert run.stdout.endswith("target.npz: no space left on the disk; free some and rerun\n")


@pytest.mark.parametrize(("part", "left"), [("bits", 3), ("shape", 2)])
def test_masks_that_are_not_of_their_size_are_told(tmp_path, part, left):
    arrays = pack_masks(np.ones((4, 5, 7), bool))
    arrays[part] = arrays[part][:left]
    save_arrays(tmp_path / "masks.npz", arrays, {"kind": "masks"})
    with pytest.raises(UserError, match=r"masks\.npz: is damaged \(.*\); delete it and rerun"):
        load_masks(tmp_path / "masks.npz")


def test_json_has_no_nan(tmp_path):
    values = {"a": float("nan"), "b": [float("inf"), 1.5, np.float64("nan")], "c": {"d": 2}}
    write_json(tmp_path / "x.json", values)
    assert "NaN" not in (tmp_path / "x.json").read_text()
    assert read_json(tmp_path / "x.json") == {"a": None, "b": [None, 1.5, None], "c": {"d": 2}}


@pytest.mark.parametrize("job", [None, "7"])
def test_a_nodes_own_disk_is_used_within_a_job(tmp_path, monkeypatch, job):
    scratch, target = tmp_path / "scratch", tmp_path / "shared/master.mkv"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    if job:
        monkeypatch.setenv("SLURM_JOB_ID", job)
    with scratch_path(target) as path:
        path.write_text("whole")
        assert path.is_relative_to(scratch) == bool(job)
    assert target.read_text() == "whole"
    with pytest.raises(ValueError), scratch_path(target) as path:
        path.write_text("half")
        raise ValueError
    assert target.read_text() == "whole"
    assert list(scratch.iterdir()) == []
    assert [path.name for path in target.parent.iterdir()] == ["master.mkv"]
