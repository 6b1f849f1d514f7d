"""Classes with many and with few videos: balanced epochs, the mean of classes."""

from collections import Counter

import numpy as np
import pytest

from tests.unit.walks import TINY
from understudy.recognition.data import batches
from understudy.recognition.evaluate import Predictions
from understudy.recognition.settings import RecogniserSettings


@pytest.mark.parametrize("counts", [(3, 30), (30, 3), (1, 5, 4), (7, 7), (2,)])
def test_balanced_epochs_draw_every_class_alike(counts):
    """Case X5: 3 and 30 videos of two classes."""
    targets = [label for label, count in enumerate(counts) for _ in range(count)]
    balanced = RecogniserSettings.from_dict({**TINY.to_dict(), "balanced": True})
    steps = batches(targets, balanced, seed=1)
    assert steps == batches(targets, balanced, seed=1)
    assert [len(step) for step in steps] == [len(step) for step in batches(targets, TINY, seed=1)]
    for epoch in range(TINY.epochs):
        drawn = [key[1] for step in steps for key in step if key[0] == epoch]
        of_class = Counter(targets[index] for index in drawn)
        assert len(of_class) == len(counts) and max(of_class.values()) - min(of_class.values()) <= 1
        for label, count in enumerate(counts):  # none twice before all once
            times = [drawn.count(index) for index in range(len(targets)) if targets[index] == label]
            assert max(times) - min(times) <= 1 and len(times) == count


def test_the_mean_of_classes_counts_each_class_alike():
    """30 videos of one class, all right; 3 of another, one right; none of a third."""
    probabilities = np.eye(3)[[0] * 30 + [1] + [0] * 2]
    targets = np.array([0] * 30 + [1] * 3)
    predictions = Predictions(probabilities, targets, [""] * 33, ["walk", "cook", "sit"])
    assert predictions.accuracy == pytest.approx(31 / 33)
    assert predictions.mean_per_class == pytest.approx((1 + 1 / 3) / 2)


def test_calibration_error_weighs_each_bin_by_its_predictions():
    """Four predictions in two bins: .95 confident of two, one of them right; .55 of two, both."""
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.45, 0.55], [0.45, 0.55]])
    predictions = Predictions(probabilities, np.array([0, 1, 1, 1]), [""] * 4, ["walk", "sit"])
    assert predictions.calibration_error == pytest.approx(0.5 * 0.45 + 0.5 * 0.45)
    sure = Predictions(np.eye(2)[[0, 1]], np.array([0, 1]), [""] * 2, ["walk", "sit"])
    assert sure.calibration_error == 0
