"""Recognisers: reading clips, the models, training that resumes."""

import json
import os
import shutil
import signal
from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.walks import LABELS, TINY, write_lists
from understudy.errors import UserError
from understudy.files import read_json
from understudy.networks import torchvision_cpu
from understudy.recognition import train
from understudy.recognition.data import (
    ClipDataset,
    batches,
    clips_for_testing,
    subtract_mean_frame,
    training_clips,
)
from understudy.recognition.decoding import decode
from understudy.recognition.lists import read_list, write_list
from understudy.recognition.models import Recogniser, parameter_count, precision
from understudy.recognition.selection import Clip
from understudy.recognition.settings import INDIFFERENT, RecogniserSettings
from understudy.video.read import read_frames


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    return write_lists(tmp_path_factory.mktemp("walks"))


# The compatibility with CPU builds of torch


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.1, 0.9))
def test_non_maximum_suppression_keeps_what_no_better_box_covers(seed, threshold):
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(0, 10, (12, 2)), rng.uniform(1, 6, (12, 2))
    boxes, scores = np.concatenate([corner, corner + size], 1), rng.permutation(12) / 12
    kept = torchvision_cpu.non_maximum_suppression(
        torch.tensor(boxes), torch.tensor(scores), threshold
    ).tolist()

    def iou(a, b):
        low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
        shared = np.prod(np.maximum(high - low, 0))
        return shared / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared)

    expected = []
    for index in np.argsort(-scores):
        if all(iou(boxes[index], boxes[other]) <= threshold for other in expected):
            expected.append(int(index))
    assert kept == expected


def test_torchvision_is_usable():
    torchvision_cpu.install()
    from torchvision.ops import nms

    boxes = torch.tensor([[0.0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30]])
    assert nms(boxes, torch.tensor([0.5, 0.9, 0.1]), 0.5).tolist() == [1, 2]


# Settings and models


def test_the_defaults_are_the_papers():
    resnet, slowfast = (
        RecogniserSettings.from_dict({"architecture": name}) for name in ("resnet", "slowfast")
    )
    assert (resnet.depth, resnet.frames, resnet.size) == (50, 16, 224)
    assert (slowfast.depth, slowfast.frames, slowfast.size) == (50, 32, 224)
    assert (resnet.epochs, resnet.lr, resnet.batch) == (5, 1e-4, 4)
    assert resnet.pretrained is None
    assert (resnet.workers_on("cpu"), resnet.workers_on("cuda")) == (0, 4)
    assert resnet.describe() == "ResNet-50, full width, 16 frames of 224 px"
    assert (
        TINY.describe() == "ResNet-18, width 8 of 64, 4 frames of 32 px, each minus the clip's mean"
    )


def test_every_setting_is_documented_with_its_default():
    told = Path("config/README.md").read_text().split("### A model of `experiments.models`")[1]
    for field in fields(RecogniserSettings):
        default = field.default if isinstance(field.default, str) else json.dumps(field.default)
        assert f"| `{field.name}` | `{default}`" in told, field.name


@pytest.mark.parametrize(
    "wrong",
    [
        {"architecture": "i3d"},
        {"depth": 34},
        {"width": 12},
        {"architecture": "slowfast", "frames": 6},
        {"size": 16},
        {"clip_share": 0},
        {"test_spans": -1},
        {"input": "flow"},
        {"optimiser": "lion"},
        {"steps": 0},
        {"learning_rate": 1},
    ],
)
def test_wrong_settings_are_one_line(wrong):
    with pytest.raises(UserError, match="recogniser: "):
        RecogniserSettings.from_dict(wrong)


@pytest.mark.parametrize("architecture", ["resnet", "slowfast"])
def test_full_size_models_are_pytorchvideos(architecture):
    from pytorchvideo.models import resnet, slowfast

    create = {"resnet": resnet.create_resnet, "slowfast": slowfast.create_slowfast}[architecture]
    ours = Recogniser(RecogniserSettings.from_dict({"architecture": architecture}), 16)
    assert parameter_count(ours) == parameter_count(create(model_num_class=16))


@pytest.mark.parametrize(
    "values",
    [
        {"architecture": "resnet", "frames": 5, "size": 50},
        {"architecture": "resnet", "frames": 8, "size": 64, "width": 16},
        {"architecture": "slowfast", "frames": 8, "size": 40},
        {"architecture": "slowfast", "frames": 16, "size": 96},
    ],
)
def test_small_models_take_clips_of_their_size(values):
    chosen = RecogniserSettings.from_dict({"depth": 18, "width": 8, **values})
    model = Recogniser(chosen, 7).eval()
    clip = torch.randn(2, 3, chosen.frames, chosen.size, chosen.size)
    before = clip.clone()
    scores = model(clip)
    assert scores.shape == (2, 7)
    assert torch.equal(model(clip), scores) and torch.equal(clip, before)


# Clips


@pytest.mark.parametrize("side", [32, 74, 96, 112])
def test_decoding_resizes_every_frame(lists, side):
    path = read_list(lists[0], LABELS)[0].path
    frames = decode(path, side, 5)
    assert frames.shape == (3, 5, side, side) and frames.dtype == torch.uint8
    full = read_frames(path, np.linspace(0, 11, 5).round().astype(int))
    expected = np.stack([cv2.resize(frame, (side, side), interpolation=3) for frame in full])
    assert np.abs(frames.permute(1, 2, 3, 0).numpy().astype(float) - expected).mean() < 6


def test_clips_depend_on_seed_epoch_and_index_alone(lists):
    clips = read_list(lists[0], LABELS)
    first, second = (training_clips(clips, LABELS, TINY, seed=3) for _ in range(2))
    state = torch.get_rng_state()
    both = first[[(0, 1), (2, 5)]][0]
    assert torch.equal(state, torch.get_rng_state())
    assert torch.equal(both[1:], second[[(2, 5)]][0])
    assert not torch.equal(both[1:], first[[(3, 5)]][0])
    assert both.shape == (2, 3, 4, 32, 32) and both.dtype == torch.float32


def test_where_the_cache_is_too_small_clips_are_the_same(lists):
    clips = read_list(lists[0], LABELS)
    small = RecogniserSettings.from_dict({**TINY.to_dict(), "cache_gb": 0})
    cached, decoded = (training_clips(clips, LABELS, chosen, 0) for chosen in (TINY, small))
    assert cached.frames.cache is not None and decoded.frames.cache is None
    assert torch.equal(cached[[(1, 4)]][0], decoded[[(1, 4)]][0])


def test_test_clips_span_the_video(lists):
    clips = read_list(lists[1], LABELS)
    plain = RecogniserSettings.from_dict({**TINY.to_dict(), "input": "frames"})
    dataset: ClipDataset = clips_for_testing(clips, LABELS, plain)
    batch, targets, indices = dataset[[(0, 2), (0, 7)]]
    whole = torch.stack([decode(clips[i].path, 32, 4) for i in (2, 7)]).float() / 255
    torch.testing.assert_close(batch, (whole - 0.45) / 0.225)
    assert (targets.tolist(), indices.tolist()) == ([0, 1], [2, 7])


def test_what_does_not_move_is_gone():
    clips = torch.rand(2, 3, 1, 8, 8).repeat(1, 1, 5, 1, 1)
    clips[..., :4, :] += torch.rand(2, 3, 5, 4, 8)
    subtract_mean_frame(clips)
    assert clips[..., 4:, :].abs().max() < 1e-6 and clips[..., :4, :].abs().max() > 0.1
    assert clips.mean(2).abs().max() < 1e-6


def test_every_epoch_sees_every_clip_once():
    steps = batches([0] * 10, TINY, seed=1)
    assert len(steps) == 6 * 3 and steps == batches([0] * 10, TINY, seed=1)
    for epoch in range(6):
        keys = [key for step in steps for key in step if key[0] == epoch]
        assert sorted(index for _, index in keys) == list(range(10))


def test_a_number_of_steps_stands_for_epochs():
    few = RecogniserSettings.from_dict({**TINY.to_dict(), "steps": 5})
    whole = batches([0] * 10, TINY, seed=1)
    assert batches([0] * 10, few, seed=1) == whole[:5]
    many = RecogniserSettings.from_dict({**TINY.to_dict(), "steps": 25})
    assert (
        batches([0] * 10, many, seed=1)[:18] == whole and len(batches([0] * 10, many, seed=1)) == 25
    )


# Training


def run(lists, out, **changes):
    chosen = RecogniserSettings.from_dict({**TINY.to_dict(), **changes})
    return train.train_recogniser(*lists, LABELS, out, chosen, seed=5)


def results(out) -> list[str]:
    return [(out / name).read_text() for name in ("predictions.csv", "curve.csv")]


@pytest.fixture(scope="module")
def trained(lists, tmp_path_factory):
    torch.set_num_threads(1)
    out = tmp_path_factory.mktemp("run")
    return run(lists, out, epochs=16), out


def test_it_learns_which_way_squares_go(trained):
    metrics, out = trained
    assert metrics["accuracy"] >= 0.75
    assert metrics["mean_per_class"] == pytest.approx(metrics["accuracy"])  # six of each class
    assert read_json(out / "metrics.json") == metrics
    assert metrics["n_train"] == {"real": 12, "synthetic": 0}
    assert metrics["n_per_class"] == {"real": 6, "synthetic": 0}
    assert (metrics["n_test"], metrics["chance"], metrics["steps"]) == (12, 0.5, 48)
    assert np.trace(metrics["confusion"]) == round(12 * metrics["accuracy"])
    predictions = pd.read_csv(out / "predictions.csv")
    assert (predictions.label == predictions.predicted).mean() == metrics["accuracy"]
    curve = pd.read_csv(out / "curve.csv")
    assert len(curve) == 16 and curve.loss.iloc[-1] < curve.loss.iloc[0]
    assert sorted(path.name for path in out.iterdir()) == [
        "curve.csv",
        "metrics.json",
        "network.safetensors",
        "predictions.csv",
    ]


def run_and_kill(lists, out, monkeypatch, **changes) -> list[int]:
    """A training that is stopped at its fourth step; a list to which every step adds one item."""
    step, taken = train._step, []

    def step_and_kill(*arguments):
        taken.append(1)
        if len(taken) == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return step(*arguments)

    monkeypatch.setattr(train, "_step", step_and_kill)
    with pytest.raises(SystemExit) as stopped:
        run(lists, out, **changes)
    assert stopped.value.code == 143 and len(taken) == 4
    return taken


@pytest.mark.parametrize(
    "changes",
    [{}, {"architecture": "slowfast"}, {"optimiser": "sgd", "weight_decay": 1e-4}],
    ids=["resnet", "slowfast", "sgd"],
)
def test_a_killed_training_continues_where_it_was(lists, tmp_path, monkeypatch, changes):
    torch.set_num_threads(1)
    changes = {**changes, "epochs": 3, "final_lr": 0.1}
    run(lists, tmp_path / "whole", **changes)
    taken = run_and_kill(lists, tmp_path / "killed", monkeypatch, **changes)
    assert [path.name for path in (tmp_path / "killed").iterdir()] == ["checkpoint.safetensors"]
    run(lists, tmp_path / "killed", **changes)
    assert len(taken) == 9
    assert results(tmp_path / "killed") == results(tmp_path / "whole")


def test_a_state_of_other_settings_is_not_continued(lists, tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    torch.set_num_threads(1)
    monkeypatch.setattr(train, "predict", stop)
    with pytest.raises(KeyboardInterrupt):
        run(lists, tmp_path, epochs=1, checkpoint_seconds=0)
    assert (tmp_path / "checkpoint.safetensors").is_file()
    monkeypatch.undo()
    assert run(lists, tmp_path, epochs=2)["steps"] == 6


def test_a_state_of_replaced_videos_is_not_continued(lists, tmp_path, monkeypatch):
    torch.set_num_threads(1)
    clips = read_list(lists[0], LABELS)
    mine = [Clip(shutil.copy(clip.path, tmp_path), clip.label) for clip in clips]
    write_list(tmp_path / "train.tsv", mine)
    own = (tmp_path / "train.tsv", lists[1])
    taken = run_and_kill(own, tmp_path / "killed", monkeypatch, epochs=3)
    shutil.copy(clips[1].path, mine[0].path)
    run(own, tmp_path / "killed", epochs=3)
    assert len(taken) == 4 + 9
    run(own, tmp_path / "whole", epochs=3)
    assert results(tmp_path / "killed") == results(tmp_path / "whole")


@pytest.mark.parametrize(
    "changes", [{"workers": 1}, {"cache_gb": 0}, {"checkpoint_seconds": 1}], ids=str
)
def test_a_state_is_continued_with_other_means(lists, tmp_path, monkeypatch, changes):
    torch.set_num_threads(1)
    taken = run_and_kill(lists, tmp_path, monkeypatch, epochs=3)
    run(lists, tmp_path, epochs=3, **changes)
    assert len(taken) == 9


def test_which_settings_change_the_result():
    names = {field.name for field in fields(RecogniserSettings)}
    assert set(INDIFFERENT) < names and set(TINY.decisive()) == names - set(INDIFFERENT)


def test_a_missing_video_is_one_line(lists, tmp_path):
    write_list(tmp_path / "train.tsv", [Clip(str(tmp_path / "none.mp4"), LABELS[0])])
    with pytest.raises(UserError, match=r"none\.mp4: cannot be read"):
        run((tmp_path / "train.tsv", lists[1]), tmp_path)


def test_workers_change_nothing(lists, tmp_path):
    torch.set_num_threads(1)
    for workers in (0, 2):
        run(lists, tmp_path / str(workers), epochs=1, workers=workers)
    assert results(tmp_path / "0") == results(tmp_path / "2")


def test_what_tables_know_a_run_by(lists, tmp_path):
    chosen = RecogniserSettings.from_dict({**TINY.to_dict(), "epochs": 1})
    about = {"dataset": "walks", "model": "small", "point": {"n_real": 6}}
    filmed = [Clip(c.path, c.label, camera=c.path[-5]) for c in read_list(lists[1], LABELS)]
    write_list(tmp_path / "test.tsv", filmed)
    metrics = train.train_recogniser(
        lists[0], tmp_path / "test.tsv", LABELS, tmp_path, chosen, seed=5, about=about
    )
    assert about.items() <= metrics.items()
    cameras = metrics["per_camera"]
    assert cameras.keys() == {clip.camera for clip in filmed} and len(cameras) > 2
    counts = [sum(clip.camera == name for clip in filmed) for name in cameras]
    mean = np.average(list(cameras.values()), weights=counts)
    assert mean == pytest.approx(metrics["accuracy"])


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_a_missing_gpu_is_one_line(lists, tmp_path):
    with pytest.raises(UserError, match="device is cuda, but no GPU was found"):
        train.train_recogniser(*lists, LABELS, tmp_path, TINY, seed=5, device="cuda")


@pytest.mark.parametrize("amx", [False, True])
@pytest.mark.parametrize("mixed", [False, True])
def test_a_cpu_computes_in_bfloat16_only_where_it_has_a_unit_for_it(amx, mixed, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": True} if amx else {})
    with precision(torch.device("cpu"), mixed):
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == (torch.bfloat16 if amx and mixed else torch.float32)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_trains_in_mixed_precision(lists, tmp_path):
    chosen = RecogniserSettings.from_dict({**TINY.to_dict(), "epochs": 16})
    metrics = train.train_recogniser(*lists, LABELS, tmp_path, chosen, seed=5, device="cuda")
    assert metrics["accuracy"] >= 0.75 and metrics["device"] != "CPU"
