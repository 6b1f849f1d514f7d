"""Weights: the table, checkpoints that are not what they should be, the check before submission."""

import hashlib
import os
import subprocess
import sys
from collections import OrderedDict
from pathlib import Path

import flame_files
import numpy as np
import pytest
import torch
from seeded import public_network
from torch import Tensor

from understudy.configuration.check import checked_config
from understudy.errors import UserError
from understudy.features import check_weights as checking
from understudy.features.check_weights import (
    as_text,
    check_bodies,
    check_models,
    check_named,
    check_weights,
)
from understudy.features.deca import expression as deca
from understudy.features.deca.expression import Encoder
from understudy.features.hand4whole import hands as hand4whole
from understudy.features.weights import Weights, weights_of, weights_table
from understudy.networks.checkpoints import load_strictly, misfit, read_checkpoint, state_in
from understudy.registry import words

ROOT = Path(__file__).resolve().parents[2]
WORDS = {"expression": "deca", "hands": "hand4whole"}
READERS = {"deca": (deca, "deca_model.tar"), "hand4whole": (hand4whole, "snapshot_6.pth.tar")}


def hollow(layout: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """A state of the layout whose tensors are one number each, broadcast: a small file."""
    state = OrderedDict((name, torch.zeros(()).expand(shape)) for name, shape in layout.items())
    state._metadata = OrderedDict({"": {"version": 1}})  # as in a network's own
    return state


def write(folder: Path, name: str, layout: dict, zipped: bool = True) -> Path:
    """A checkpoint around a state, as its authors wrap it; zipped: as torch does since 1.6."""
    state, path = hollow(layout), folder / READERS[name][1]
    if name == "deca":
        whole = {"E_flame": state, "E_detail": {}, "D_detail": {}}
    else:
        network = {f"module.{key}": tensor for key, tensor in state.items()}
        whole = {"epoch": 6, "network": network, "optimizer": {"param_groups": []}}
    torch.save(whole, path, _use_new_zipfile_serialization=zipped)
    return path


# The table


def test_every_row_names_back_ends_that_there_are():
    for row in weights_table().values():
        assert bool(row.backends) != bool(row.keys) and row.licence and row.source
        for feature, word in (one.split("/") for one in row.backends):
            assert word in words(feature), f"{row.name}: no back-end {word}"
    files = [row.file for row in weights_table().values()]
    assert len(set(files)) == len(files)


def test_hashes_and_sizes_are_hashes_and_sizes():
    for row in weights_table().values():
        assert row.sha256 is None or (int(row.sha256, 16) and len(row.sha256) in (8, 64))
        assert row.bytes is None or row.bytes > 1_000_000


def test_an_embedded_back_end_needs_none():
    assert not weights_of("keypoints", "mediapipe")
    assert [row.name for row in weights_of("hands", "hand4whole")] == ["hand4whole"]


# Checkpoints


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("name", READERS)
def test_the_official_layout_is_read(tmp_path, name, zipped):
    reader, _ = READERS[name]
    layout, _ = public_network(name)
    state = reader.state_of(write(tmp_path, name, layout, zipped))
    assert {key: tuple(tensor.shape) for key, tensor in state.items()} == layout


def test_the_encoder_loads_every_number(tmp_path):
    path = write(tmp_path, "deca", public_network("deca")[0])
    network = load_strictly(Encoder(), deca.state_of(path), path, "cpu")
    assert not network.training and not any(x.any() for x in network.state_dict().values())


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("fault", ["a name less", "a name more", "another size"])
def test_another_layout_is_told_by_its_names(tmp_path, name, fault):
    reader, _ = READERS[name]
    layout = dict(public_network(name)[0])
    first, *_, last = layout
    told = {
        "a name less": f"lacks {last}",
        "a name more": "has unknown tail.weight",
        "another size": f"{first} is 64×3×3×3, not 64×3×7×7",
    }
    if fault == "a name less":
        del layout[last]
    elif fault == "a name more":
        layout["tail.weight"] = (3,)
    else:
        layout[first] = (64, 3, 3, 3)
    path = write(tmp_path, name, layout)
    with pytest.raises(UserError) as error:
        load_strictly(
            Encoder() if name == "deca" else network_on_meta(), reader.state_of(path), path, "cpu"
        )
    assert told[fault] in str(error.value) and "\n" not in str(error.value)
    assert str(error.value).startswith(str(path))


def network_on_meta():
    with torch.device("meta"):
        return hand4whole.Hand4Whole()


def test_many_faults_are_told_of_in_one_line():
    wanted = {f"a{i}": (2,) for i in range(9)} | {"x": (1,), "y": (2, 3)}
    told = misfit(wanted, {"x": (1,), "y": (3, 2), "z": ()})
    assert told == "lacks a0, a1, a2 and 6 more; has unknown z; y is 3×2, not 2×3"
    assert misfit(wanted, wanted) == ""


def truncated(path: Path) -> None:
    torch.save({"E_flame": {"a": torch.rand(1000)}}, path)
    path.write_bytes(path.read_bytes()[:2000])


class Command:
    """Runs a command if a pickle is trusted."""

    def __reduce__(self):
        return os.system, ("touch trace",)


FAULTS = {
    "not readable": (truncated, "not a readable torch checkpoint"),
    "empty": (Path.touch, "not a readable torch checkpoint"),
    "text": (lambda path: path.write_text("<html>"), "not a readable torch checkpoint"),
    "code": (lambda path: torch.save({"E_flame": Command()}, path), "holds posix.system, which is"),
    "an array": (lambda path: torch.save({"a": np.float64(1)}, path), "which is not a weight"),
    "another network's": (
        lambda path: torch.save({"model": {}}, path),
        "has no E_flame with weights",
    ),
    "a list": (lambda path: torch.save([1], path), "has no E_flame with weights"),
    "old format": (
        lambda path: torch.save({"E_detail": {}}, path, _use_new_zipfile_serialization=False),
        "has no E_flame with weights",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_is_none_is_refused(tmp_path, monkeypatch, fault):
    monkeypatch.chdir(tmp_path)
    write_it, told = FAULTS[fault]
    path = tmp_path / "deca_model.tar"
    write_it(path)
    with pytest.raises(UserError) as error:
        deca.state_of(path)
    assert told in str(error.value) and "\n" not in str(error.value)
    assert str(error.value).startswith(str(path)) and not Path("trace").exists()


def test_a_missing_file_says_where_to_get_it(tmp_path):
    with pytest.raises(UserError, match=r"no such file; config/weights\.yaml says where"):
        read_checkpoint(tmp_path / "none.pth")


def test_what_is_ignored_is_never_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.pth"
    torch.save({"state": {"a": torch.ones(2)}, "meta": Maker("trace")}, path)
    with pytest.raises(UserError, match=r"holds test_weights\.make_file, which is not a weight"):
        read_checkpoint(path)
    read = read_checkpoint(path, ["test_weights.make_file"])
    assert state_in(read, "state", path)["a"].sum() == 2 and not Path("trace").exists()


def make_file(path: str) -> None:
    Path(path).touch()


class Maker:
    """Makes a file if a pickle is trusted."""

    def __init__(self, path: str):
        self.path = path

    def __reduce__(self):
        return make_file, (self.path,)


# The check


def test_the_check_tells_right_from_wrong(tmp_path):
    missing = check_weights(WORDS, tmp_path)
    assert [one.wrong.split(";")[0] for one in missing] == ["missing", "missing"]
    write(tmp_path, "deca", public_network("deca")[0])
    other = dict(public_network("hand4whole")[0])
    del other["face_regressor.jaw_pose_out.0.bias"]
    write(tmp_path, "hand4whole", other)
    right, wrong = check_weights(WORDS, tmp_path)
    assert not right.wrong and right.by == "322 names and shapes"
    assert "another network's file: it lacks face_regressor.jaw_pose_out.0.bias" in wrong.wrong
    assert as_text([right, wrong]).count("\n") == 1 and "right (322" in as_text([right])


def test_a_public_hash_decides(tmp_path, monkeypatch):
    path = tmp_path / "deca_model.tar"
    path.write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    for row, told in (
        (dict(bytes=8), "has 7 bytes, not 8; download it again"),
        (dict(sha256="00000000"), f"SHA-256 is {digest[:8]}, not 00000000; download it again"),
        (dict(bytes=7, sha256=digest), ""),
    ):
        rows = [Weights("deca", path.name, "MIT", "somewhere", ("expression/deca",), **row)]
        monkeypatch.setattr(checking, "weights_of", lambda feature, word, rows=rows: rows)
        (found,) = check_weights({"expression": "deca"}, tmp_path)
        assert found.wrong == told


def test_the_networks_of_lpips_are_checked_by_their_public_hashes(tmp_path):
    vgg, alexnet = tmp_path / "vgg.pth", tmp_path / "alexnet.pth"
    given = {"lpips": str(alexnet), "exavatar": {"lpips": str(vgg)}}
    config = checked_config({"labels": ["bow"], "avatar": given})
    assert [one.wrong.split(";")[0] for one in check_named(config)] == ["missing"] * 2
    with alexnet.open("wb") as stream:
        stream.truncate(244_408_911)  # a hole of the right size
    vgg.write_bytes(b"<html>")
    told = {one.path.name: one.wrong for one in check_named(config)}
    assert "SHA-256 is" in told["alexnet.pth"] and "not 7be5be791159" in told["alexnet.pth"]
    assert "has 6 bytes, not 553,433,881" in told["vgg.pth"]
    assert not check_named(checked_config({"labels": ["bow"]}))


def test_the_command_checks_everything_that_the_papers_config_needs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "understudy", "weights", "--configfile", ROOT / "config/paper.yaml"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    lines = done.stdout.splitlines()
    names = [Path(line.split(":")[0]).name for line in lines]
    assert names == [
        *("SMPLX_MALE.npz", "FLAME_NEUTRAL.npz", "SMPL-X__FLAME_vertex_ids.npy"),
        *("rtmdet_m_8xb32-100e_coco-obj365-person-235e8209.pth", "dw-ll_ucoco_384.pth"),
        *("sam_vit_h_4b8939.pth", "depth_anything_v2_vitl.pth", "deca_model.tar"),
        *("snapshot_6.pth.tar", "alexnet-owt-7be5be79.pth", "vgg16-397923af.pth"),
    ]
    assert done.returncode == 1 and done.stderr == "error: 11 of 11 files are missing or wrong\n"


def test_the_models_of_the_environment_are_checked_too(tmp_path, monkeypatch):
    assert not check_models({"keypoints": "mmpose", "masks": "sam"})
    assert [one.wrong for one in check_models({"keypoints": "mmpose", "masks": "mediapipe"})] == (
        [""] * 6
    )
    monkeypatch.setenv("UNDERSTUDY_MEDIAPIPE", str(tmp_path))
    (tmp_path / "pose_detection.tflite").write_bytes(b"another")
    told = as_text(check_models({"masks": "mediapipe"}))
    assert told.count(": missing; run bash envs/vision.post-deploy.sh") == 5
    assert f"{tmp_path}/pose_detection.tflite: SHA-256 is" in told


def test_body_files_are_checked_too(tmp_path, body_file):
    assert not check_bodies(None, None, None)
    flame, ids = flame_files.write_flame(tmp_path, body_file)
    body, head = check_bodies(body_file, flame, ids)
    assert not body.wrong and body.by.endswith(" vertices")
    assert not head.wrong and head.by == "5,023 vertices shared"
    ids.write_bytes(ids.read_bytes()[:200])
    _, head = check_bodies(body_file, flame, ids)
    assert f"{ids}: not a readable table of vertices" in head.wrong
    (table,) = check_bodies(body_file, flame, tmp_path / "ids.npy")[1:]
    assert table.path == tmp_path / "ids.npy"
    assert table.wrong.startswith("missing; get it from smpl-x.is.tue.mpg.de")
    missing = check_bodies(tmp_path / "SMPLX_MALE.npz", tmp_path / "FLAME.npz", ids)
    assert [one.path.name for one in missing] == ["SMPLX_MALE.npz", "FLAME.npz"]
    assert missing[1].wrong.startswith("missing; get it from flame.is.tue.mpg.de")


def test_an_unknown_back_end_is_told_of(tmp_path):
    with pytest.raises(UserError, match=r"features\.hands: no back-end 'magic'; choose from"):
        check_weights({"hands": "magic"}, tmp_path)


def test_the_command_fails_where_weights_are_missing(tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(f"labels: [bow]\nweights: {tmp_path}\nfeatures: {{hands: hand4whole}}\n")
    done = subprocess.run(
        [sys.executable, "-m", "understudy", "weights", "--configfile", config],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 1
    assert f"{tmp_path}/snapshot_6.pth.tar: missing; get it from https://" in done.stdout
    assert done.stderr == "error: 1 of 7 files are missing or wrong\n"
