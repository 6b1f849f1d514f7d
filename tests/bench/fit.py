"""`make bench NAME=fit`: body fits against the demo world's ground truth, and other cameras.

`python -m tests.bench.fit ID ...` prints the table of some clips only, and writes no figures.
"""

import statistics
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tests.bench.figures import Figure, write_figures
from tests.bench.fit_alone import fit_alone
from tests.bench.fit_keypoints import keypoint_errors
from tests.bench.fit_truth import DEPTHS, write_true_keypoints
from tests.bench.fit_views import other_views_errors, realdata
from tests.bench.fit_world import (
    CLIPS,
    IDENTITIES,
    LONG,
    REFERENCES,
    Clip,
    make_body,
    make_world,
)
from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.fit import load_fit
from understudy.body.load import load_body
from understudy.body.model import BodyModel
from understudy.body.skeleton import JOINT_NAMES
from understudy.fitting.evaluate import FitErrors, measure_fit
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings

# Sigmas of time: so large that every frame is fitted by itself.
FREE = dict.fromkeys(
    (
        *("joint_sigma", "root_sigma", "depth_sigma", "turn_sigma", "root_turn_sigma"),
        "contact_sigma",
    ),
    1e4,
)
RUNS = 3  # of the timed fit
FEATURES = ("keypoints.npz", "expression.npz", "hands.npz")


@dataclass(frozen=True)
class Bench:
    """The body, and its file."""

    body: BodyModel
    file: Path

    def fitted(
        self,
        clip: Clip,
        name: str = "fit.npz",
        keypoints: str = "keypoints.npz",
        settings: FitSettings | None = None,
    ) -> FitErrors:
        """Fit a clip's features, keep the fit as `name`, and compare it with ground truth."""
        paths = [clip.path(file) for file in (keypoints, *FEATURES[1:])]
        fit_body(*paths, self.file, clip.path(name), settings or FitSettings(), "understudy")
        return self.kept(clip, name)

    def kept(self, clip: Clip, name: str) -> FitErrors:
        """A fit that was kept, against ground truth."""
        fit = load_fit(clip.path(name), self.body.model_id)
        return measure_fit(fit, self.body, load_arrays(clip.path("truth.npz"), "truth"))

    def fitted_to_truth(self, clip: Clip, depth: str) -> FitErrors:
        """Fit the true keypoints with noise and drop-outs; depth: one of DEPTHS."""
        keypoints = f"true_{depth}_keypoints.npz"
        size = clip.settings.height, clip.settings.width
        write_true_keypoints(
            clip.path("truth.npz"), size, clip.path(keypoints), depth, seed=clip.style
        )
        return self.fitted(clip, f"true_{depth}_fit.npz", keypoints)

    def alone(self, preset: str) -> dict[str, float]:
        """Time and memory of the fit of 500 frames by a preset; the fit is kept under its name."""
        return fit_alone([*map(LONG.path, FEATURES), self.file, LONG.path(f"{preset}.npz")], preset)


def fit_figures() -> list[Figure]:
    """Make the world if it is not there, fit, print a row per clip, return the figures."""
    bench = _bench(CLIPS)
    found = {clip: bench.fitted(clip) for clip in (*IDENTITIES, *REFERENCES)}
    print_table(found)
    references = [found[clip] for clip in REFERENCES]
    print_means("references, mean", references)
    untimed = replace(FitSettings(), **FREE)
    free = [bench.fitted(clip, "frame_fit.npz", settings=untimed) for clip in REFERENCES]
    print_means("each frame by itself", free)
    true = {depth: [bench.fitted_to_truth(clip, depth) for clip in REFERENCES] for depth in DEPTHS}
    for depth, errors in true.items():
        print_means(f"true keypoints, depth: {depth}", errors)
    seen = [
        keypoint_errors(clip.path("keypoints.npz"), clip.path("truth.npz")) for clip in REFERENCES
    ]
    views = _views(bench)
    alone = [bench.alone("understudy") for _ in range(RUNS)]
    seconds = statistics.median(run["seconds"] for run in alone)
    paper = bench.alone("paper")
    for name, run in (*(("understudy", run) for run in alone), ("paper", paper)):
        print(f"{name}, 500 frames: {run['seconds']:.1f} s, {run['cpu']:.1f} s of a processor")
    print_table({LONG: bench.kept(LONG, "understudy.npz")})
    print_means("the same, preset paper", [bench.kept(LONG, "paper.npz")])
    jitter = _mean(references, "acceleration_mm") / _mean(free, "acceleration_mm")
    return [
        Figure("mpjpe_mm", _mean(references, "mpjpe_mm"), "mm", 60, True),
        Figure("pa_mpjpe_mm", _mean(references, "pa_mpjpe_mm"), "mm", 38, True),
        Figure("hands_pa_mm", _mean(references, "hands_pa_mm"), "mm", 14, True),
        Figure("face_pct", _mean(references, "face_pct"), "% of face size", 1.5, True),
        Figure(
            "keypoints_pct",
            float(np.nanmean(np.concatenate([one.pct for one in seen]))),
            "% of height",
            None,
            True,
        ),
        Figure("keypoints_lost", sum(one.lost for one in seen), "frames", 0, True),
        Figure("mpjpe_true_keypoints_mm", _mean(true["true"], "mpjpe_mm"), "mm", 35, True),
        Figure("pa_mpjpe_true_keypoints_mm", _mean(true["true"], "pa_mpjpe_mm"), "mm", 22, True),
        Figure(
            "turn_frames_off",
            sum(found[clip].turn_frames_off() for clip in IDENTITIES),
            "frames",
            0,
            True,
        ),
        Figure("jitter_ratio", jitter, "× per-frame fit", 0.5, True),
        Figure("foot_slide_p95_mm", _slide(found.values()), "mm a frame", 10, True),
        Figure("pose2sim_other_views_pct", views, "% of height", 4, True),
        Figure("lean_deg", _lean(found.values()), "deg", 4, True),
        Figure("fit_500_frames_s", seconds, "s", 30, True),
        Figure("speedup_over_paper_preset", paper["seconds"] / seconds, "×", 5, False),
        Figure("memory_gb", max(run["gb"] for run in alone), "GB", 2, True),
    ]


def _bench(clips: Iterable[Clip]) -> Bench:
    file = make_body()
    for clip in clips:
        make_world(clip, file)
    return Bench(load_body(file), file)


def _views(bench: Bench) -> float | None:
    """Median over all cameras; None without the real videos."""
    folder = realdata()
    if folder is None:
        return None
    errors = other_views_errors(folder, bench.body, bench.file)
    for camera, error in errors.items():
        print(
            f"pose2sim {camera} in the other views: median {np.median(error):.2f} %, "
            f"90th percentile {np.percentile(error, 90):.2f} %"
        )
    return float(np.median(np.concatenate(list(errors.values()))))


def _mean(errors: list[FitErrors], name: str) -> float:
    """Mean over the clips of one of their figures."""
    return float(np.nanmean([one.figures().get(name, np.nan) for one in errors]))


def _slide(errors: Iterable[FitErrors]) -> float:
    return float(np.percentile(np.concatenate([one.slide for one in errors]), 95))


def _lean(errors: Iterable[FitErrors]) -> float:
    return float(np.concatenate([one.lean for one in errors]).mean())


COLUMNS = {  # figure -> its head in the table
    "mpjpe_mm": "mpjpe",
    "pa_mpjpe_mm": "pa",
    "hands_pa_mm": "hands",
    "face_pct": "face%",
    "scale": "scale",
    "yaw_deg": "yaw",
    "lean_deg": "lean",
    "up_deg": "up",
    "foot_slide_p95_mm": "slide",
    "acceleration_mm": "accel",
    "gaze_deg": "gaze",
}


def print_table(errors: dict[Clip, FitErrors]) -> None:
    """A row per clip, with the joints that are furthest off."""
    print(
        f"{'clip':28}" + "".join(f"{head:>8}" for head in COLUMNS.values()) + "  worst joints, mm"
    )
    for clip, one in errors.items():
        joints = one.joints.mean(0)
        worst = [f"{JOINT_NAMES[i]} {joints[i]:.0f}" for i in joints.argsort()[::-1][:4]]
        print(f"{clip.id:28}" + _cells(one.figures()) + "  " + ", ".join(worst))
        if clip.action is None:
            print(f"{'':28}  turned {one.growth[0]:.0f}° of {one.growth[1]:.0f}°")


def print_means(name: str, errors: list[FitErrors]) -> None:
    """One row: the means over clips."""
    print(f"{name:28}" + _cells({figure: _mean(errors, figure) for figure in COLUMNS}))


def _cells(figures: dict[str, float]) -> str:
    return "".join(f"{figures.get(name, np.nan):8.2f}" for name in COLUMNS)


if __name__ == "__main__":
    wanted = [clip for clip in CLIPS if clip.id in sys.argv[1:]]
    if wanted:
        bench = _bench(wanted)
        print_table({clip: bench.fitted(clip) for clip in wanted})
        sys.exit()
    figures = fit_figures()
    write_figures("fit", figures)
    sys.exit(0 if all(figure.passed for figure in figures) else 1)
