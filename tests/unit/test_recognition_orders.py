"""Which synthetic videos are selected: by risk, by hardness, by covariance; and by whose eyes."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.walks import LABELS, TINY, write_walk
from understudy.errors import UserError
from understudy.recognition.data import clips_for_testing
from understudy.recognition.embed import embed
from understudy.recognition.embedding import Embedding, load_embedding, save_embedding
from understudy.recognition.evaluate import predict
from understudy.recognition.models import Recogniser
from understudy.recognition.network import Network, load_network, save_network
from understudy.recognition.orders import (
    by_covariance,
    by_hardness,
    by_quality,
    covariance_order,
    order_of,
)
from understudy.recognition.pretrained import load_pretrained
from understudy.recognition.selection import Clip, as_drawn, choose_clips


def synthetic(count: int, label: str = "across") -> list[Clip]:
    return [Clip(f"s{i}.mp4", label, "synthetic") for i in range(count)]


def embedding(clips: list[Clip], features, entropy=None) -> Embedding:
    rows = {(clip.path, clip.mirror): row for row, clip in enumerate(clips)}
    entropy = np.zeros(len(clips)) if entropy is None else np.array(entropy)
    return Embedding(rows, np.asarray(features, np.float32), entropy.astype(np.float32))


def covariance(features: np.ndarray) -> np.ndarray:
    return np.cov(features, rowvar=False, bias=True).reshape((features.shape[1],) * 2)


def test_quality_takes_the_least_risky_and_leaves_the_seeds_order_else():
    clips = [
        replace(clip, risk=risk) for clip, risk in zip(synthetic(4), (0.5, 0, 0.2, 0), strict=True)
    ]
    assert [clip.path for clip in by_quality(clips, [])] == ["s1.mp4", "s3.mp4", "s2.mp4", "s0.mp4"]
    assert order_of("random", "") is as_drawn and order_of("quality", "") is by_quality


def test_hardness_takes_the_least_sure_ones():
    clips = synthetic(4)
    order = by_hardness(embedding(clips, np.zeros((4, 1)), [0.1, 0.9, 0.5, 0.9]))
    assert [clip.path for clip in order(clips, [])] == ["s1.mp4", "s3.mp4", "s2.mp4", "s0.mp4"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.integers(2, 9), st.integers(1, 4))
def test_each_next_one_brings_the_covariance_as_near_as_one_can(seed, count, width):
    rng = np.random.default_rng(seed)
    candidates, target = rng.normal(size=(count, width)), rng.normal(size=(5, width)) * 1.5

    def off(chosen) -> float:
        return float(np.linalg.norm(covariance(candidates[list(chosen)]) - covariance(target)))

    order = covariance_order(candidates, target)
    assert sorted(order) == list(range(count))
    pairs = itertools.combinations(range(count), 2)
    assert off(order[:2]) == pytest.approx(min(map(off, pairs)))
    for k in range(2, count):
        best = min(off([*order[:k], other]) for other in order[k:])
        assert off(order[: k + 1]) == pytest.approx(best)


def test_covariance_finds_those_that_vary_as_the_real_ones_wherever_they_are():
    rng = np.random.default_rng(0)
    alike, other = np.diag([3.0, 1.0, 0.2]), np.diag([0.2, 1.0, 3.0])
    real = rng.normal(size=(40, 3)) @ alike
    pool = np.concatenate([rng.normal(size=(20, 3)) @ other, rng.normal(size=(20, 3)) @ alike + 7])
    chosen = covariance_order(pool, real)[:10]
    assert min(chosen) >= 20  # of the second half, however far off its mean is
    off = np.linalg.norm(covariance(pool[chosen]) - covariance(real))
    assert off < 0.2 * np.linalg.norm(covariance(real))


def test_where_one_real_video_is_left_the_seeds_order_stays():
    clips = synthetic(4)
    order = by_covariance(embedding(clips, np.arange(8).reshape(4, 2)))
    assert order(clips, [Clip("r.mp4", "across")]) == clips


@pytest.mark.parametrize("count", [0, 1])
def test_one_video_or_none_needs_no_order(count):
    assert covariance_order(np.zeros((count, 3)), np.ones((2, 3))) == list(range(count))


def test_equal_videos_can_be_ordered_too():
    assert sorted(covariance_order(np.ones((4, 3)), np.ones((2, 3)))) == [0, 1, 2, 3]


def test_a_larger_selection_contains_the_smaller(tmp_path):
    rng = np.random.default_rng(1)
    real = [Clip(f"r{i}.mp4", label) for label in LABELS for i in range(3)]
    clips = [*real, *synthetic(6), *(replace(c, path="d" + c.path) for c in synthetic(6, "down"))]
    path = tmp_path / "embedding.npz"
    save_embedding(path, embedding(clips, rng.normal(size=(18, 5)), rng.random(18)))
    for word in ("hardness", "covariance"):
        order = order_of(word, path)
        chosen = [choose_clips(clips, LABELS, 3, n, seed=4, order=order) for n in range(7)]
        for fewer, more in itertools.pairwise(chosen):
            assert set(fewer) < set(more)
            assert [clip for clip in fewer if clip.kind == "real"] == [
                clip for clip in more if clip.kind == "real"
            ]


# What a trained network makes of videos


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walks")
    clips = [
        replace(write_walk(folder / f"{way}{seed}.mp4", way, seed), kind=kind)
        for seed, (way, kind) in enumerate(itertools.product(LABELS, ("real", "synthetic")))
    ]
    torch.manual_seed(0)
    return Network(Recogniser(TINY, len(LABELS)).eval(), TINY, LABELS), clips


def test_a_network_is_read_back_as_it_was(walks, tmp_path):
    network, clips = walks
    path = tmp_path / "network.safetensors"
    save_network(path, network)
    again = load_network(path, "cpu")
    assert (again.settings, again.labels) == (TINY, LABELS)
    shown = clips_for_testing(clips, LABELS, TINY)
    before, after = (predict(one.model, shown, LABELS, TINY) for one in (network, again))
    np.testing.assert_allclose(after.probabilities, before.probabilities, atol=1e-5)
    other = Recogniser(TINY, 5)
    load_pretrained(other, path)  # to start from, with other classes
    own, kept = other.net.state_dict(), network.model.net.state_dict()
    assert all(torch.equal(own[name], kept[name]) for name in own if ".proj." not in name)


def test_what_is_no_network_is_told(walks, tmp_path):
    path = tmp_path / "network.safetensors"
    save_network(path, walks[0])
    whole = path.read_bytes()
    hole = len(whole) // 2
    for damaged in (b"no weights", whole[:-9], whole[:hole] + bytes(400) + whole[hole + 400 :]):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match=r"network\.safetensors: no trained recogniser .*rerun"):
            load_network(path, "cpu")


@pytest.mark.parametrize("architecture", ["resnet", "slowfast"])
def test_features_are_what_the_last_layer_sees(walks, tmp_path, architecture):
    _, clips = walks
    chosen = replace(TINY, architecture=architecture, batch=3)
    torch.manual_seed(1)
    model = Recogniser(chosen, len(LABELS)).eval()
    found = embed(Network(model, chosen, LABELS), clips)
    last = model.last_layer
    with torch.no_grad():
        scores = last(torch.from_numpy(found.features))
    expected = predict(model, clips_for_testing(clips, LABELS, chosen), LABELS, chosen)
    np.testing.assert_allclose(scores.softmax(1), expected.probabilities, atol=1e-5)
    share = expected.probabilities
    np.testing.assert_allclose(found.entropy, -(share * np.log(share)).sum(1), atol=1e-5)
    path = tmp_path / "embedding.npz"
    save_embedding(path, found)
    again = load_embedding(path)
    assert again.rows == found.rows and (again.features == found.features).all()
    assert again.of(clips[::-1]).tolist() == [3, 2, 1, 0]
