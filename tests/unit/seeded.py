"""Weights that are the same everywhere: each drawn from its name and a seed alone."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

Shapes = Mapping[str, tuple[int, ...]]

DATA = Path(__file__).parent / "data"


def public_network(name: str) -> tuple[dict[str, tuple[int, ...]], dict[str, np.ndarray]]:
    """The names and shapes of a public network's parameters, and its output."""
    with np.load(DATA / f"{name}.npz") as stored:
        found = {key: stored[key] for key in stored.files}
    rows = [line.split() for line in str(found.pop("layout")).splitlines()]
    return {key: tuple(map(int, shape)) for key, *shape in rows}, found


def seeded_state(layout: Shapes, seed: int = 0) -> dict[str, Tensor]:
    """A state of a network: name -> tensor of the shape given.

    Spreads are such that what goes through dozens of layers neither dies nor grows.
    """
    return {name: torch.from_numpy(_drawn(name, shape, seed)) for name, shape in layout.items()}


def seeded_pictures(shape: tuple[int, ...], seed: int = 0) -> Tensor:
    """Images (n,3,h,w) in [0,1]: waves, so that every position differs from every other."""
    n, channels, height, width = shape
    rng = np.random.default_rng(seed)
    turns = rng.uniform(1, 9, (n, channels, 2, 1, 1))
    phase = rng.uniform(0, 6, (n, channels, 1, 1))
    y, x = np.mgrid[:height, :width] / max(height, width)
    waves = np.sin(2 * np.pi * (turns[:, :, 0] * x + turns[:, :, 1] * y * (1 + x)) + phase)
    return torch.from_numpy((0.5 + 0.5 * waves).astype(np.float32))


def _drawn(name: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    part, _, kind = name.rpartition(".")
    if kind == "num_batches_tracked":
        return np.array(0)
    digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
    drawn = np.random.default_rng(int.from_bytes(digest[:8])).random(shape, np.float32)
    if kind == "running_var":
        return 0.5 + drawn
    if kind == "weight" and len(shape) == 1:  # of a normalisation
        return 0.6 + 0.6 * drawn
    a_box_s = part.endswith("size.2")  # about two cells wide
    if kind == "weight":
        inward = shape[0] if ".deconv." in name else np.prod(shape[1:])
        spread = np.sqrt(4.2 / inward) * (0.03 if a_box_s else 1)
        return (2 * drawn - 1) * np.float32(spread)
    return (2 if a_box_s else 0) + 0.2 * (drawn - np.float32(0.5))
