"""The CPU rasteriser: its gradients against a dense float64 reference, its time against a
prototype's in the same run."""

import importlib
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from tests.bench.figures import Figure
from tests.unit.test_splatting import SCENES, against_dense, gradient_errors
from understudy.splatting import rasterize

GAUSSIANS, SIZE, RUNS = 40_000, 512, 15


def raster_figures() -> list[Figure]:
    return [
        Figure("raster_grad_error", gradient_error(), "relative", 1e-4, True),
        Figure("raster_time_ratio", time_ratio(), "× prototype", 1.3, True),
    ]


def gradient_error() -> float:
    """The largest relative error of any parameter's gradient in any scene."""
    errors = []
    for scene in SCENES:
        _, grads, _, truths = against_dense(*scene)
        errors += gradient_errors(grads, truths).values()
    return max(errors)


def time_ratio() -> float | None:
    """Median over alternating runs of forward + backward, ours over the prototype's.

    The prototype is a folder with splat_numba.py and scene.py; None without it.
    """
    folder = Path(os.environ.get("UNDERSTUDY_PROTOTYPES", "../shared/lab")) / "splatting"
    if not (folder / "splat_numba.py").is_file():
        return None
    sys.path.insert(0, str(folder.resolve()))
    prototype, scene = importlib.import_module("splat_numba"), importlib.import_module("scene")
    cloud = {name: x.requires_grad_() for name, x in scene.human(GAUSSIANS).items()}
    viewmats, Ks = scene.camera(SIZE, SIZE)

    def seconds(function: Callable) -> float:
        start = time.perf_counter()
        rgb, alpha, _ = function(**cloud, viewmats=viewmats, Ks=Ks, width=SIZE, height=SIZE)
        (rgb.sum() + alpha.sum()).backward()
        return time.perf_counter() - start

    for function in (rasterize, prototype.rasterize):
        seconds(function)
    torch.set_num_threads(os.cpu_count() or 1)
    return statistics.median(seconds(rasterize) / seconds(prototype.rasterize) for _ in range(RUNS))
