"""Recipes: which videos a recogniser sees when, and at which rate."""

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cross_entropy

from tests.unit.walks import LABELS, TINY
from understudy.errors import UserError
from understudy.recognition.data import batches
from understudy.recognition.recipes import PHASES, learning_rate, planned_steps
from understudy.recognition.selection import Clip
from understudy.recognition.settings import RECIPES, RecogniserSettings
from understudy.recognition.train import losses

REAL = [Clip(f"r{k}.mp4", LABELS[k % 2]) for k in range(6)]
SYNTHETIC = [Clip(f"s{k}.mp4", LABELS[k % 2], "synthetic") for k in range(10)]
BOTH = [*REAL, *SYNTHETIC]
SETTINGS = replace(TINY, steps=60, final_lr=0.1)


def kinds(steps):
    return [{BOTH[index].kind for _, index in step.batch} for step in steps]


def test_mix_is_one_shuffled_list_at_a_falling_rate():
    steps = planned_steps(BOTH, LABELS, SETTINGS, seed=3)
    targets = [LABELS.index(clip.label) for clip in BOTH]
    assert [step.batch for step in steps] == batches(targets, SETTINGS, seed=3)
    assert [step.rate for step in steps] == [learning_rate(SETTINGS, k / 60) for k in range(60)]


def test_rehearse_ends_with_real_videos_at_a_tenth_of_the_rate():
    steps = planned_steps(BOTH, LABELS, replace(SETTINGS, recipe="rehearse"), seed=3)
    assert len(steps) == 60 and {"real"} == set.union(*kinds(steps[40:]))
    assert {"real", "synthetic"} == set.union(*kinds(steps[:40]))
    assert steps[40].rate == pytest.approx(SETTINGS.lr / 10) and steps[39].rate > steps[40].rate
    epochs = [step.batch[0][0] for step in steps]
    assert epochs == sorted(epochs) and epochs[40] == epochs[39] + 1


def test_pretrain_sees_synthetic_videos_and_then_real_ones():
    steps = planned_steps(BOTH, LABELS, replace(SETTINGS, recipe="pretrain"), seed=3)
    assert len(steps) == 60 and {"synthetic"} == set.union(*kinds(steps[:30]))
    assert {"real"} == set.union(*kinds(steps[30:])) and steps[30].rate == SETTINGS.lr


@pytest.mark.parametrize("recipe", PHASES)
def test_every_recipe_takes_the_same_steps_whatever_there_is(recipe):
    for clips in (REAL, SYNTHETIC, BOTH):
        for steps in (1, 2, 7, 60):
            settings = replace(SETTINGS, recipe=recipe, steps=steps)
            planned = planned_steps(clips, LABELS, settings, seed=0)
            assert len(planned) == steps
            assert planned == planned_steps(clips, LABELS, settings, seed=0)
            assert all(0 <= index < len(clips) for step in planned for _, index in step.batch)
    in_epochs = replace(SETTINGS, recipe=recipe, steps=None, epochs=3)
    assert len(planned_steps(BOTH, LABELS, in_epochs, seed=0)) == 3 * -(-16 // SETTINGS.batch)


def test_recipes_are_those_of_the_settings():
    assert set(PHASES) == set(RECIPES)
    with pytest.raises(UserError, match="unknown recipe 'both'"):
        RecogniserSettings(recipe="both")


def test_a_smoothed_label_is_spread_over_all_classes():
    scores = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    target = torch.tensor([0, 1, 2, 3, 0])
    smoothing = torch.tensor([0.0, 0.1, 0.1, 0.0, 0.3])
    found = losses(scores, target, smoothing)
    for k, share in enumerate(smoothing.tolist()):
        told = cross_entropy(scores[k], target[k], label_smoothing=share)
        assert found[k].item() == pytest.approx(told.item(), abs=1e-6)
