"""Recognisers: choosing videos, reading clips, the models, training that resumes."""

import os
import signal

import cv2
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.walks import LABELS, TINY, write_lists
from understudy import torchvision_cpu
from understudy.errors import UserError
from understudy.files import read_json
from understudy.recognition import train
from understudy.recognition.data import (
    ClipDataset,
    SubtractMeanFrame,
    batches,
    clips_for_testing,
    decode,
    training_clips,
)
from understudy.recognition.lists import pools, read_list, write_list
from understudy.recognition.models import Recogniser, parameter_count
from understudy.recognition.selection import Clip, choose_clips
from understudy.recognition.settings import RecogniserSettings
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
    assert resnet.describe() == "ResNet-50, full width, 16 frames of 224 px"
    assert (
        TINY.describe() == "ResNet-18, width 8 of 64, 4 frames of 32 px, each less the clip's mean"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"architecture": "i3d"},
        {"depth": 34},
        {"width": 12},
        {"architecture": "slowfast", "frames": 6},
        {"size": 16},
        {"clip_share": 0},
        {"input": "flow"},
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


# Which videos


def pool(counts: dict[tuple[str, str], int]) -> list[Clip]:
    return [
        Clip(f"{kind}/{label}/{i}.mp4", label, kind)
        for (label, kind), count in counts.items()
        for i in range(count)
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99), st.integers(0, 5), st.integers(0, 8), st.randoms())
def test_a_larger_sample_contains_the_smaller(seed, n_real, n_synthetic, random):
    clips = pool({(label, kind): 9 for label in LABELS for kind in ("real", "synthetic")})
    chosen = choose_clips(clips, LABELS, n_real, n_synthetic, seed)
    more = choose_clips(clips, LABELS, n_real + 1, n_synthetic + 1, seed)
    assert set(chosen) < set(more)
    for label in LABELS:
        kinds = [clip.kind for clip in chosen if clip.label == label]
        assert (kinds.count("real"), kinds.count("synthetic")) == (n_real, n_synthetic)
    shuffled = random.sample(clips, len(clips))
    assert choose_clips(shuffled, LABELS, n_real, n_synthetic, seed) == chosen


def test_seeds_draw_differently_and_all_takes_all():
    clips = pool({("across", "real"): 50, ("across", "synthetic"): 3})
    draws = {tuple(choose_clips(clips, ["across"], 3, 0, seed)) for seed in range(5)}
    assert len(draws) == 5
    assert set(choose_clips(clips, ["across"], "all", "all", 0)) == set(clips)


def test_too_few_videos_of_a_class_are_named():
    with pytest.raises(UserError, match="class 'down' has 1 real videos, 2 were asked for"):
        choose_clips(pool({("across", "real"): 3, ("down", "real"): 1}), LABELS, 2, 0, 0)


def test_pools_come_from_the_table_and_the_manifest(tmp_path):
    real = {
        "a": {"video": "a.mp4", "label": "across", "split": "train"},
        "b": {"video": "b.mp4", "label": "down", "split": "test"},
    }
    rows = {"video": ["s.mp4", "t.mp4"], "label": ["across", "down"], "passed": [True, False]}
    pd.DataFrame(rows).to_parquet(tmp_path / "manifest.parquet")
    training, testing = pools(real, tmp_path / "manifest.parquet")
    assert training == [Clip("a.mp4", "across"), Clip("s.mp4", "across", "synthetic")]
    assert testing == [Clip("b.mp4", "down")]
    assert pools(real, None)[0] == training[:1]


def test_lists_are_read_as_they_were_written(tmp_path):
    clips = [Clip("a b.mp4", "across", "synthetic"), Clip("c.mp4", "down")]
    write_list(tmp_path / "list.tsv", clips)
    assert read_list(tmp_path / "list.tsv", LABELS) == clips
    (tmp_path / "list.csv").write_text("path,label\nd.mp4,across\n")
    assert read_list(tmp_path / "list.csv", LABELS) == [Clip("d.mp4", "across")]


@pytest.mark.parametrize(
    "text, says",
    [
        (None, "no such list"),
        ("path\tlabel\n", "empty"),
        ("video\tlabel\na\tacross\n", "no column 'path'"),
        ("path\tlabel\na\tup\n", "line 2: unknown label 'up'"),
        ("path\tlabel\tkind\na\tacross\tfake\n", "kind 'fake'"),
    ],
)
def test_a_bad_list_is_one_line(tmp_path, text, says):
    path = tmp_path / "list.tsv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UserError, match=says):
        read_list(path, LABELS)


# Clips


@pytest.mark.parametrize("side", [32, 74, 96, 112])
def test_decoding_resizes_every_frame(lists, side):
    path = read_list(lists[0], LABELS)[0].path
    frames = decode(path, side, 5)
    assert frames.shape == (3, 5, side, side) and frames.dtype == torch.uint8
    full = read_frames(path, np.linspace(0, 11, 5).round().astype(int))
    expected = np.stack([cv2.resize(frame, (side, side), interpolation=3) for frame in full])
    assert np.abs(frames.permute(1, 2, 3, 0).numpy().astype(float) - expected).mean() < 6


def test_an_unreadable_video_is_one_line(tmp_path):
    path = tmp_path / "text.mp4"
    path.write_text("not a video")
    with pytest.raises(UserError, match="cannot read this video"):
        decode(str(path), 64, 4)


def test_clips_depend_on_seed_epoch_and_index_alone(lists):
    clips = read_list(lists[0], LABELS)
    first, second = (training_clips(clips, LABELS, TINY, seed=3) for _ in range(2))
    state = torch.get_rng_state()
    clip = first[2, 5][0]
    assert torch.equal(state, torch.get_rng_state())
    second[0, 1]
    assert torch.equal(clip, second[2, 5][0])
    assert not torch.equal(clip, first[3, 5][0])
    assert clip.shape == (3, 4, 32, 32) and clip.dtype == torch.float32


def test_where_the_cache_is_too_small_clips_are_the_same(lists):
    clips = read_list(lists[0], LABELS)
    small = RecogniserSettings.from_dict({**TINY.to_dict(), "cache_gb": 0})
    cached, decoded = (training_clips(clips, LABELS, chosen, 0) for chosen in (TINY, small))
    assert cached.frames.cache is not None and decoded.frames.cache is None
    assert torch.equal(cached[1, 4][0], decoded[1, 4][0])


def test_test_clips_span_the_video(lists):
    clips = read_list(lists[1], LABELS)
    plain = RecogniserSettings.from_dict({**TINY.to_dict(), "input": "frames"})
    dataset: ClipDataset = clips_for_testing(clips, LABELS, plain)
    clip, target, index = dataset[0, 7]
    whole = decode(clips[7].path, 32, 4).float() / 255
    torch.testing.assert_close(clip, (whole - 0.45) / 0.225)
    assert (target, index) == (1, 7)


def test_what_does_not_move_is_gone():
    clip = torch.rand(3, 1, 8, 8).repeat(1, 5, 1, 1)
    clip[:, :, :4] += torch.rand(3, 5, 4, 8)
    seen = SubtractMeanFrame()(clip)
    assert seen[:, :, 4:].abs().max() < 1e-6 and seen[:, :, :4].abs().max() > 0.1


def test_every_epoch_sees_every_clip_once():
    steps = batches(10, TINY, seed=1)
    assert len(steps) == 6 * 3 and steps == batches(10, TINY, seed=1)
    for epoch in range(6):
        keys = [key for step in steps for key in step if key[0] == epoch]
        assert sorted(index for _, index in keys) == list(range(10))


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
        "predictions.csv",
    ]


@pytest.mark.parametrize("architecture", ["resnet", "slowfast"])
def test_a_killed_training_continues_where_it_was(lists, tmp_path, monkeypatch, architecture):
    torch.set_num_threads(1)
    changes = {"architecture": architecture, "epochs": 3, "final_lr": 0.1}
    run(lists, tmp_path / "whole", **changes)
    step, taken = train._step, []

    def step_and_kill(*arguments):
        taken.append(1)
        if len(taken) == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return step(*arguments)

    monkeypatch.setattr(train, "_step", step_and_kill)
    with pytest.raises(SystemExit) as stopped:
        run(lists, tmp_path / "killed", **changes)
    assert stopped.value.code == 143 and len(taken) == 4
    assert [path.name for path in (tmp_path / "killed").iterdir()] == ["checkpoint.safetensors"]
    run(lists, tmp_path / "killed", **changes)
    assert len(taken) == 9
    assert results(tmp_path / "killed") == results(tmp_path / "whole")


def test_a_state_of_other_settings_is_not_continued(lists, tmp_path, monkeypatch):
    torch.set_num_threads(1)
    monkeypatch.setattr(train, "predict", lambda *_: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        run(lists, tmp_path, epochs=1, checkpoint_seconds=0)
    assert (tmp_path / "checkpoint.safetensors").is_file()
    monkeypatch.undo()
    assert run(lists, tmp_path, epochs=2)["steps"] == 6
