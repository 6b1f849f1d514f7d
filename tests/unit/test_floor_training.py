"""What the network that finds floors is trained on."""

import numpy as np
import torch

from tests.bench import floor_training
from tests.bench.floor_photos import random_photos
from tests.bench.floor_training import Sample, train


def test_the_network_learns_from_photos_of_random_rooms(monkeypatch):
    """A few steps on a single room: what it says of the floors there gets likelier."""
    monkeypatch.setattr(floor_training, "EPOCHS", 10)
    monkeypatch.setattr(floor_training, "WARM_UP", 1)
    rng = np.random.default_rng(0)
    samples = [Sample.of(photo, rng) for photo in random_photos(3, range(1), 4, ((160, 120),))]
    assert len(samples) >= 2 and any(sample.floor.mean() > 0.05 for sample in samples)
    torch.manual_seed(floor_training.SEED)
    before = floor_training._loss(floor_training.FloorNet(), samples)
    assert floor_training._loss(train(samples), samples) < 0.9 * before


def test_a_mirrored_sample_is_that_of_the_mirrored_room():
    seen = torch.arange(8 * 2 * 3, dtype=torch.float32).reshape(8, 2, 3)
    sample = Sample(seen, seen[0], torch.ones(2, 3))
    drawn = [sample.varied(np.random.default_rng(seed)) for seed in range(8)]
    mirrored = [one for one in drawn if not torch.equal(one.floor, sample.floor)]
    assert 0 < len(mirrored) < 8
    for one in mirrored:
        torch.testing.assert_close(one.floor, seen[0].flip(1))
        torch.testing.assert_close(one.channels[6], seen[6].flip(1))
        torch.testing.assert_close(one.channels[7], -seen[7].flip(1))
