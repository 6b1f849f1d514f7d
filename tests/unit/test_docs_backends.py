"""docs/backends.md: its worked example works, and its table is complete."""

import re
import sys
import textwrap
import types
from pathlib import Path

import cv2
import numpy as np
import yaml

from tests.bench.additions import read_example
from understudy import registry
from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.masks import load_masks
from understudy.configuration.check import checked_config
from understudy.features.masks import extract_masks
from understudy.features.openmmlab import networks as openmmlab
from understudy.fitting.metrics import iou
from understudy.registry import FEATURES, words
from understudy.video.write import VideoWriter

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/backends.md").read_text(encoding="utf-8")
FRAMES, HEIGHT, WIDTH = 4, 120, 160


def blocks(language: str) -> list[str]:
    pattern = rf"^ *```{language}\n(.*?)^ *```$"
    return [textwrap.dedent(x) for x in re.findall(pattern, PAGE, re.DOTALL | re.MULTILINE)]


def test_the_example_is_a_back_end(tmp_path, monkeypatch):
    example = read_example("backend")
    ((file, code),) = example.new.items()
    ((_, line),) = example.edits["src/understudy/choices.py"]
    assert file == "src/understudy/features/grabcut/masks.py"
    module = types.ModuleType("understudy.features.grabcut.masks")
    exec(compile(code, "docs/backends.md", "exec"), vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    known = words("masks") | yaml.safe_load("{" + line + "}}")["masks"]
    monkeypatch.setitem(registry.CHOICES, "masks", known)
    truth = write_clip(tmp_path)
    files = tmp_path / "clip.mp4", tmp_path / "keypoints.npz", tmp_path / "masks.npz"
    extract_masks(*files, "grabcut")
    found = load_masks(files[2])[:]
    assert min(iou(ours, theirs) for ours, theirs in zip(found, truth, strict=True)) > 0.9


def write_clip(folder: Path) -> np.ndarray:
    """A red figure that walks in front of a green wall, its keypoints; the masks (n,h,w)."""
    rng, truth = np.random.default_rng(0), []
    with VideoWriter(folder / "clip.mp4", WIDTH, HEIGHT, fps=5) as video:
        for i in range(FRAMES):
            mask = np.zeros((HEIGHT, WIDTH), np.uint8)
            cv2.ellipse(mask, (50 + 15 * i, 60), (16, 44), 0, 0, 360, 1, -1)
            frame = np.where(mask[..., None] > 0, (190, 40, 40), (40, 150, 60))
            noisy = frame + rng.normal(0, 6, frame.shape)
            video.write(np.clip(noisy, 0, 255).astype(np.uint8))
            truth.append(mask > 0)
    angles = np.linspace(0, 2 * np.pi, 133)
    ring = np.stack([15 * np.cos(angles), 42 * np.sin(angles)], 1)
    xy = np.stack([ring + np.array([50 + 15 * i, 60]) for i in range(FRAMES)])
    arrays = {"xy": xy.astype(np.float32), "score": np.ones((FRAMES, 133), np.float32)}
    about = {"kind": "keypoints", "fps": 5.0, "size": [HEIGHT, WIDTH]}
    save_arrays(folder / "keypoints.npz", arrays, about)
    return np.stack(truth)


def test_every_back_end_is_in_the_table():
    told = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\|.*\|$", PAGE, re.MULTILINE))))
    for feature in FEATURES:
        for word in words(feature):
            suffix = "_" + word.rpartition("_")[2]
            assert word in told or suffix in told, word


def test_the_configuration_is_one():
    (config,) = blocks("yaml")
    chosen = yaml.safe_load(config) | {"labels": ["bow"]}
    checked = checked_config(chosen)
    for feature in FEATURES:
        assert checked["features"][feature] in words(feature)


def test_what_is_let_through_is_told():
    for name in openmmlab.IGNORED:
        assert name.split(".")[0] == "numpy" or name.rpartition(".")[2] in PAGE
