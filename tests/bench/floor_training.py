"""`python -m tests.bench.floor_training`: trains the network of `room/floor_net.py` on photos of
random rooms, and writes its weights.

Takes an hour or two on one core. None of the demo world's rooms is in it, whether tuned or reported
on: `make bench NAME=scene` says what the weights are worth there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import clip_grad_norm_

from tests.bench.floor_photos import degraded, jolted, random_photos
from tests.bench.scene_world import Photo
from understudy.artifacts.room import LONGER_SIDE
from understudy.progress import progress
from understudy.room.calibrate import USUAL_HEIGHT
from understudy.room.floor import within_reach
from understudy.room.floor_net import WEIGHTS, FloorNet, channels

SEED, ROOMS, EACH = 1, 350, 6
SIZES = ((LONGER_SIDE, 240), (LONGER_SIDE, 180))
TWICE = 2  # samples of each photo, degraded each in its way
EPOCHS, BATCH, RATE, WARM_UP = 25, 16, 6e-3, 100  # the last in steps
LEAST = 200  # px within reach: photos with fewer count less


@dataclass(frozen=True)
class Sample:
    """channels (8,h,w) f32, as of `floor_net`; floor (h,w) f32 in [0,1]: how much of a pixel shows
    floor; within (h,w) f32: 1 where it could."""

    channels: Tensor
    floor: Tensor
    within: Tensor

    @staticmethod
    def of(photo: Photo, rng: np.random.Generator) -> "Sample":
        """Of a photo as cameras and files make it."""
        camera = jolted(replace(photo.truth, above=USUAL_HEIGHT), rng)
        seen = channels(degraded(photo.view.rgb, rng), camera)
        size = seen.shape[2], seen.shape[1]
        floor = cv2.resize(photo.view.floor.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        within = cv2.resize(within_reach(camera).astype(np.float32), size)
        return Sample(*(torch.from_numpy(part) for part in (seen, floor, within)))

    def varied(self, rng: np.random.Generator) -> "Sample":
        """Mirrored or not; in other colours, with edges of other strengths."""
        seen, floor, within = self.channels, self.floor, self.within
        if rng.random() < 0.5:
            seen, floor, within = seen.flip(2), floor.flip(1), within.flip(1)
            seen[7] *= -1  # the angle to the right
        mixed = rng.uniform(0.5, 1.5) * (np.eye(3) + 0.25 * rng.normal(size=(3, 3)))
        colours = torch.einsum("ij,jhw->ihw", torch.from_numpy(mixed).float(), seen[:3])
        edges = seen[3:6] * rng.uniform(0.7, 1.3)
        return Sample(torch.cat([colours, edges, seen[6:]]), floor, within)


def train(samples: list[Sample]) -> FloorNet:
    """The network after EPOCHS of all samples; the rate falls along a cosine."""
    rng = np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    net = FloorNet()
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-3)
    plan = [batch for _ in range(EPOCHS) for batch in _batches(samples, rng)]
    for step, batch in enumerate(progress(plan, "training", unit="step")):
        falling = 0.51 + 0.49 * np.cos(np.pi * step / len(plan))
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, step / WARM_UP) * falling
        loss = _loss(net, [sample.varied(rng) for sample in batch])
        optimiser.zero_grad()
        loss.backward()
        clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
    return net


def _batches(samples: list[Sample], rng: np.random.Generator) -> list[list[Sample]]:
    """All samples in random order, those of one size together."""
    batches = []
    for size in {sample.floor.shape for sample in samples}:
        alike = [sample for sample in samples if sample.floor.shape == size]
        order = rng.permutation(len(alike))
        batches += [[alike[k] for k in order[j : j + BATCH]] for j in range(0, len(alike), BATCH)]
    return [batches[k] for k in rng.permutation(len(batches))]


def _loss(net: FloorNet, batch: list[Sample]) -> Tensor:
    """Cross-entropy of what is within reach, each photo counting alike."""
    floor, within = (torch.stack([getattr(s, name) for s in batch]) for name in ("floor", "within"))
    odds = net(torch.stack([sample.channels for sample in batch]))
    each = binary_cross_entropy_with_logits(odds, floor, reduction="none") * within
    return (each.sum((1, 2)) / within.sum((1, 2)).clamp(min=LEAST)).mean()


def _samples() -> Iterator[Sample]:
    rng = np.random.default_rng(SEED)
    photos = random_photos(SEED, range(ROOMS), EACH, SIZES)
    for photo in progress(photos, "photos", ROOMS * EACH, "photo"):
        for _ in range(TWICE):
            yield Sample.of(photo, rng)


if __name__ == "__main__":
    save_file(train(list(_samples())).half().state_dict(), WEIGHTS)
