"""`make bench NAME=backends`: the paper's back-ends at their official sizes with random weights,
parity with the public networks, and every back-end's time and memory.

`python -m tests.bench.backends WORD ...` measures some back-ends only, and writes no figures.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from tests.bench.figures import ROOT, Figure, write_figures
from tests.unit import flame_files
from tests.unit.parity import body_parity, deca_parity, hand4whole_parity, seeded_network
from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.body.build import build_body
from understudy.demo.world import WorldSettings, make_identity
from understudy.features.expression import extract_expression
from understudy.features.hands import extract_hands
from understudy.features.keypoints import extract_keypoints
from understudy.features.masks import extract_masks
from understudy.features.weights import weights_of
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings
from understudy.registry import FEATURES
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

PAPER = {
    "keypoints": "mmpose",
    "masks": "sam",
    "depth": "depth_anything",
    "expression": "deca",
    "hands": "hand4whole",
}
SIZE = 512  # px, both sides
# Frames of a clip. On a CPU a large network takes a minute per image.
FRAMES, FEW, ON_GPU = 12, 2, 96
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# As in a job (workflow/scripts/job.py), on two cores.
ENVIRONMENT = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}


@dataclass(frozen=True)
class Cost:
    """Wall-clock and CPU seconds per frame, and peak memory, GB; error: why there are none."""

    wall: float = 0.0
    processor: float = 0.0
    gb: float = 0.0
    gpu_gb: float = 0.0
    error: str = ""


def make_clips(folder: Path) -> None:
    """A demo person who stands still, as clips of every length; keypoints, masks, fit, body. They
    are kept: delete the folder after a change to the demo world."""
    if (folder / "fit.npz").is_file():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings = WorldSettings(SIZE, SIZE, 18, 1, depth_every=1000)
    make_identity("ada", "kitchen", folder / "film.mp4", folder / "film.truth.npz", settings)
    still = read_frames(folder / "film.mp4", [0])
    build_body(folder / "body.npz")
    lengths = (ON_GPU,) if DEVICE == "cuda" else (FRAMES, FEW)
    for n in lengths:
        clip = folder / str(n)
        clip.mkdir()
        with VideoWriter(clip / "video.mp4", SIZE, SIZE, fps=18) as video:
            video.write(np.repeat(still, n, 0))
        if n == lengths[0]:
            extract_keypoints(
                clip / "video.mp4", clip / "keypoints.npz", backend="mediapipe", people="refuse"
            )
            whole = load_arrays(clip / "keypoints.npz", "keypoints")
        else:
            cut = {name: array[:n].copy() for name, array in whole.arrays.items()}
            cut["score"][1:] = 0  # one image for a mask network: a video has two frames
            save_arrays(clip / "keypoints.npz", cut, whole.about)
    clip, body = folder / str(lengths[0]), folder / "body.npz"
    files = clip / "video.mp4", clip / "keypoints.npz"
    extract_masks(*files, folder / "masks.npz", "mediapipe")
    face, hands = folder / "face.npz", folder / "hands.npz"
    extract_expression(*files, body, face, "landmarks")
    extract_hands(*files, body, hands, "landmarks")
    fit_body(files[1], face, hands, body, folder / "fit.npz", FitSettings(), preset="understudy")


def alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run `tests.bench.backends_alone` in its own process."""
    return subprocess.run(
        [sys.executable, "-m", "tests.bench.backends_alone", str(folder), *arguments],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
    )


def cost_of(folder: Path, feature: str, word: str, how: str = "batched") -> Cost:
    """What a back-end costs; its checkpoints are made for it, and removed."""
    rows = weights_of(feature, word)
    frames = ON_GPU if DEVICE == "cuda" else FRAMES
    if rows and feature in ("masks", "depth") and DEVICE == "cpu":
        frames = FEW
    made = alone(folder, feature, word)
    run = alone(folder, feature, word, DEVICE, how, str(frames))
    for row in rows:
        (folder / row.file).unlink(missing_ok=True)
    for step in (made, run):
        if step.returncode:
            return Cost(error=step.stderr.strip().splitlines()[-1])
    return Cost(**json.loads(run.stdout.splitlines()[-1]))


def measure(folder: Path, chosen: list[str]) -> dict[str, Cost]:
    """feature/word -> cost of the back-ends of these names, printed as they come."""
    costs = {}
    for name in chosen:
        cost = costs[name] = cost_of(folder, *name.split("/"))
        told = cost.error or (
            f"{cost.wall:.3f} s a frame ({cost.processor:.3f} s of processors), {cost.gb:.2f} GB"
            + f", {cost.gpu_gb:.2f} GB of the GPU" * (DEVICE == "cuda")
        )
        print(f"{name}: {told}", flush=True)
    return costs


def gpu_speedup(folder: Path, costs: dict[str, Cost]) -> float | None:
    """Time of all five back-ends, one frame at a time, over that in batches; None without a GPU."""
    if DEVICE != "cuda":
        return None
    single = [cost_of(folder, feature, word, "single") for feature, word in PAPER.items()]
    batched = [costs[f"{feature}/{word}"] for feature, word in PAPER.items()]
    if any(cost.error for cost in (*single, *batched)):
        return None
    return sum(cost.wall for cost in single) / sum(cost.wall for cost in batched)


def main(words: list[str]) -> None:
    folder = ROOT / f"results/bench/backends_world_{DEVICE}"
    make_clips(folder)
    every = [f"{feature}/{word}" for feature in FEATURES for word in words(feature)]
    if words:
        measure(folder, [name for name in every if name.split("/")[1] in words])
        return
    paper = [f"{feature}/{word}" for feature, word in PAPER.items()]
    costs = measure(folder, paper)
    with tempfile.TemporaryDirectory() as name:
        body = body_parity(flame_files.write_whole_body(Path(name, "SMPLX_MALE.npz")))
    deca, hands = seeded_network("deca"), seeded_network("hand4whole")
    working = sum(not cost.error for cost in costs.values())
    figures = [
        Figure("paper_backends_working", working, "of 5", 5, False),
        Figure("body_parity_m", body, "m", 1e-5, True),
        Figure("deca_parity", deca_parity(deca), "", 1e-5, True),
        Figure("hand4whole_parity", hand4whole_parity(hands), "rad", 1e-5, True),
        Figure("gpu_batch_speedup", gpu_speedup(folder, costs), "×", 4, False),
    ]
    write_figures("backends", figures)
    measure(folder, [name for name in every if name not in paper])


if __name__ == "__main__":
    main(sys.argv[1:])
