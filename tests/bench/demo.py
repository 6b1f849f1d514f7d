"""`make bench NAME=demo`: the demo from a fresh clone, timed, and its results against ground truth.

The prototype that the rasteriser is compared with is looked for in the folder that
UNDERSTUDY_PROTOTYPES names; without it that figure is not measured.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figures import ROOT, Figure, write_figures
from tests.bench.raster import raster_figures


def timed(command: list[str], folder: Path) -> float:
    """Minutes that a command takes; its output is shown."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True)
    return (time.perf_counter() - start) / 60


def peak_gb(benchmarks: Path) -> float:
    """The largest resident memory of any job, from Snakemake's benchmark files (MB)."""
    peaks = []
    for path in benchmarks.rglob("*.tsv"):
        with path.open() as stream:
            peaks += [float(row["max_rss"]) for row in csv.DictReader(stream, delimiter="\t")]
    return max(peaks) / 1024


def demo_figures() -> list[Figure]:
    """Clone, install, run the demo; figures of time, memory and accuracy."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        clone = Path(folder) / "understudy"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        install = timed(["make", "install"], clone)
        demo = timed(["make", "demo"], clone)
        results = clone / "results/demo"
        accuracy = json.loads((results / "accuracy.json").read_text())
        peak = peak_gb(results / "benchmarks")
    bars = [
        ("keypoints_median_pct", "% of height", 2, True),
        ("masks_iou", "IoU", 0.92, False),
        ("fit_mpjpe_mm", "mm", 80, True),
        ("fit_pa_mpjpe_mm", "mm", 50, True),
        ("avatar_heldout_frame_psnr_db", "dB", 24, False),
        ("avatar_heldout_frame_iou", "IoU", 0.93, False),
        ("avatar_heldout_pose_psnr_db", "dB", 20, False),
        # With the pose fitted to the test image and the avatar frozen (ExAvatar's protocol):
        ("avatar_heldout_frame_fitted_psnr_db", "dB", 24, False),
        ("avatar_heldout_frame_fitted_iou", "IoU", 0.93, False),
        ("avatar_heldout_pose_fitted_psnr_db", "dB", 20, False),
        ("reenactment_median_pct", "% of height", 4, True),
        ("placed_height_ratio_p10", "", 0.97, False),
        ("placed_height_ratio_p90", "", 1.03, True),
    ]
    return [
        Figure("demo_minutes", demo, "min", 15, True),
        Figure("demo_peak_gb", peak, "GB", 4, True),
        Figure("install_minutes", install, "min", 5, True),
        *(Figure(name, accuracy[name], unit, bar, most) for name, unit, bar, most in bars),
    ]


if __name__ == "__main__":
    figures = demo_figures() + raster_figures()
    write_figures("demo", figures)
    sys.exit(0 if all(figure.passed for figure in figures) else 1)
