"""Long work resumes: real processes are killed, and what they left is resumed or refused."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from tests.unit.avatar_scene import film, painted_avatar, standing_fit
from tests.unit.walks import LABELS, TINY, write_lists
from understudy import checkpoint
from understudy.avatar.training import train as avatar
from understudy.avatar.training.direct.settings import DirectSettings
from understudy.avatar.training.direct.training import DirectTraining as Training
from understudy.avatar.training.settings import TrainSettings
from understudy.checkpoint import SIGNALS, interruptible, load_checkpoint, save_checkpoint
from understudy.files import read_json
from understudy.recognition import train as recogniser

OWN = DirectSettings(iterations=16, max_edge=0.06, warm_up=3, align_at=(0.1, 1.0))
AVATAR = TrainSettings("direct", OWN, size=96, checkpoint_seconds=1e-6)
RECOGNISER = replace(TINY, epochs=3, checkpoint_seconds=1e-6)
KILLED_AT = 7  # steps
# Its processes have from their start what takes long to load; it has run nothing before they fork.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["cv2", "numba", "pandas", "scipy.ndimage", "torch"])


def train_one_avatar(inputs: tuple[Path, ...], out: Path) -> None:
    avatar.train_avatar(*inputs, out, AVATAR)


def train_one_recogniser(inputs: tuple[Path, ...], out: Path) -> None:
    torch.set_num_threads(1)
    recogniser.train_recogniser(*inputs, LABELS, out, RECOGNISER, seed=0)


def killed_in_a_step(train: Callable, inputs: tuple[Path, ...], out: Path) -> None:
    """The process is killed in its step KILLED_AT, after the earlier ones were saved."""
    steps, step_avatar, step_recogniser = [], Training.step, recogniser._step

    def dying(step: Callable) -> Callable:
        def one(*arguments):
            steps.append(1)
            if len(steps) == KILLED_AT:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*arguments)

        return one

    Training.step, recogniser._step = dying(step_avatar), dying(step_recogniser)
    train(inputs, out)


def killed_in_a_save(train: Callable, inputs: tuple[Path, ...], out: Path) -> None:
    """The process is killed when half of its KILLED_AT-th checkpoint is on the disk."""
    saves, save_file = [], checkpoint.save_file

    def dying(tensors: dict, path: Path, metadata: dict) -> None:
        save_file(tensors, path, metadata)
        saves.append(1)
        if len(saves) == KILLED_AT:
            os.truncate(path, path.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    checkpoint.save_file = dying
    train(inputs, out)


def killed_in_the_evaluation(train: Callable, inputs: tuple[Path, ...], out: Path) -> None:
    """The process is killed after its last step, before anything is written."""

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    avatar.seen_weight, recogniser.predict = die, die
    train(inputs, out)


def steps_of(path: Path) -> int:
    """Steps taken when the checkpoint was written."""
    with safe_open(path, "pt") as stored:
        note = json.loads(stored.metadata()["note"])
    return note["steps"] if "steps" in note else note["step"]


def taken(steps: int, last: int, way: Callable) -> bool:
    """Whether this many steps can have been taken."""
    return steps == last if way is killed_in_the_evaluation else 0 < steps < last


@pytest.fixture(scope="module")
def avatar_inputs(body, body_file, tmp_path_factory) -> tuple[Path, ...]:
    painted = painted_avatar(body)
    fit = standing_fit(painted, frames=16, size=(112, 96))
    scene = film(painted, fit, tmp_path_factory.mktemp("scene"))
    return scene.video, scene.masks, scene.depth, scene.fit, body_file


@pytest.fixture(scope="module")
def lists(tmp_path_factory) -> tuple[Path, Path]:
    return write_lists(tmp_path_factory.mktemp("walks"))


@pytest.fixture(scope="module")
def whole_avatar(avatar_inputs, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "avatar"
    train_one_avatar(avatar_inputs, out)
    return out


@pytest.fixture(scope="module")
def whole_recogniser(lists, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "recogniser"
    train_one_recogniser(lists, out)
    return out


def die(way: Callable, train: Callable, inputs: tuple[Path, ...], out: Path) -> None:
    """Train in a separate process, which is killed in that way."""
    process = FORKED.Process(target=way, args=(train, inputs, out))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("way", [killed_in_a_save, killed_in_the_evaluation])
def test_a_killed_avatar_ends_as_an_uninterrupted_one(avatar_inputs, whole_avatar, tmp_path, way):
    die(way, train_one_avatar, avatar_inputs, tmp_path)
    kept = tmp_path / "checkpoint.safetensors"
    assert taken(steps_of(kept), OWN.iterations, way)
    left = list(tmp_path.glob(".checkpoint.*.safetensors"))
    assert bool(left) == (way is killed_in_a_save)
    train_one_avatar(avatar_inputs, tmp_path)
    whole, resumed = (load_file(run / "avatar.safetensors") for run in (whole_avatar, tmp_path))
    assert whole.keys() == resumed.keys()
    for name, tensor in whole.items():
        assert torch.allclose(tensor.double(), resumed[name].double(), rtol=0, atol=1e-6), name
    made = {"avatar.safetensors", "trained.npz", "curves.csv"}
    assert {path.name for path in tmp_path.iterdir()} == made


@pytest.mark.parametrize("way", [killed_in_a_step, killed_in_the_evaluation])
def test_a_killed_recogniser_ends_as_an_uninterrupted_one(lists, whole_recogniser, tmp_path, way):
    die(way, train_one_recogniser, lists, tmp_path)
    kept = tmp_path / "checkpoint.safetensors"
    assert taken(steps_of(kept), read_json(whole_recogniser / "metrics.json")["steps"], way)
    train_one_recogniser(lists, tmp_path)
    for name in ("predictions.csv", "curve.csv"):
        whole, resumed = (pd.read_csv(run / name) for run in (whole_recogniser, tmp_path))
        pd.testing.assert_frame_equal(whole, resumed, rtol=0, atol=1e-6)
    made = {"metrics.json", "predictions.csv", "curve.csv", "network.safetensors"}
    assert {path.name for path in tmp_path.iterdir()} == made


def test_a_cut_checkpoint_is_not_taken(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    tensors = {"weights": torch.arange(24.0), "step": torch.tensor(3)}
    save_checkpoint(path, "this", tensors, {"order": [3, 1]})
    content = path.read_bytes()
    taken = load_checkpoint(path, "this")
    assert torch.equal(taken[0]["weights"], tensors["weights"]) and taken[1] == {"order": [3, 1]}
    assert load_checkpoint(path, "another") is None
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert load_checkpoint(path, "this") is None, length


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_lets_the_step_end(number):
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as ended, interruptible() as interruption:
        interruption.stop_if_requested()
        os.kill(os.getpid(), number)
        assert interruption.requested
        interruption.stop_if_requested()
    assert ended.value.code == 128 + number
    assert signal.getsignal(number) is before
