"""The risk of synthetic videos: of demo clips never calibrated on against their true error, and of
real clips against copies of their fits that were damaged on purpose. Part of `make bench
NAME=labels`; alone, `python -m tests.bench.quality`, once `python -m tests.bench.quality_world
report 0 218` has made the clips (an hour of processor time)."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from tests.bench.figures import ROOT, Figure
from tests.bench.quality_calibrate import auroc, observed
from tests.bench.quality_damage import damaged
from tests.bench.quality_world import BODY, WORLD, clips_of, make
from understudy.artifacts.arrays import Arrays
from understudy.artifacts.fit import Fit, load_fit
from understudy.artifacts.keypoints import load_keypoints
from understudy.artifacts.quality import PARTS
from understudy.body.load import load_body
from understudy.body.model import BodyModel
from understudy.features.expression import extract_expression
from understudy.features.hands import extract_hands
from understudy.features.keypoints import extract_keypoints
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings
from understudy.quality.motion import motion_parts
from understudy.quality.risk import calibration
from understudy.video.normalise import normalise_video
from understudy.video.settings import NormaliseSettings

CLIPS = 218  # some cannot be fitted: nobody is seen in them
WORST = 90  # percentile of the true errors
PART = 2.0  # s of a real clip
REALDATA = Path(os.environ.get("UNDERSTUDY_REALDATA", ROOT / "../shared/realdata"))
REAL = ("references/*.mp4", "identities/*.mp4")


def of_demo_clips() -> list[Figure]:
    """Of the half of the clips that nothing was calibrated on."""
    clips = clips_of("report", CLIPS)
    for clip in clips:
        make(clip)
    table = observed(clips, with_damaged=False)
    error, rows = table["error"].to_numpy(), table.to_dict("records")
    risk = np.array([calibration().risk(row) for row in rows])
    log_error = np.array([calibration().log_error(row) for row in rows])
    worst = error > np.percentile(error, WORST)
    print(f"{len(table)} clips, errors {np.percentile(error, [10, 50, 90, 100]).round(0)} mm")
    for spoilt, some in table.assign(risk=risk).groupby("spoilt"):
        told = some[["error", "risk"]].median().round(3).to_dict()
        print(f"  {spoilt}: {len(some)}, medians {told}")
    for bound in (0.5, 0.9):
        high = risk > bound
        print(f"  risk above {bound}: {high.sum()}, among the worst {(worst & high).sum()}")
    return [
        Figure("quality_auroc", auroc(log_error, worst), "", 0.90, False),
        Figure("quality_spearman", float(spearmanr(log_error, error).statistic), "", 0.7, False),
        Figure("quality_clips", len(table), "clips", 200, False),
    ]


def of_real_clips() -> Figure:
    """Of parts of two seconds: damaged copies of the fit against the fit as it is."""
    body, found = load_body(BODY), []
    parts = [part for video in _videos() for part in _parts(video)]
    for number, (name, fit, seen) in enumerate(parts):
        intact = _log_error(fit, seen, body)
        other = next(
            fit for other, fit, _ in (*parts[number:], *parts) if not other.startswith(name[:8])
        )
        told = {how: _log_error(bad, seen, body) for how, bad in damaged(fit, other)}
        print(f"{name}: {intact:.2f}; " + ", ".join(f"{k} {v:.2f}" for k, v in told.items()))
        found += [value > intact for value in told.values()]
    print(f"{sum(found)} of {len(found)} pairs")
    return Figure("quality_real", 100 * float(np.mean(found)), "%", 95, False)


def _log_error(fit: Fit, seen: Arrays, body: BodyModel) -> float:
    parts = dict.fromkeys(PARTS, np.nan) | motion_parts(fit, seen, body)
    return calibration().log_error(parts)


def _videos() -> list[Path]:
    return [video for pattern in REAL for video in sorted(REALDATA.glob(pattern))]


def _parts(video: Path) -> list[tuple[str, Fit, Arrays]]:
    """Name, fit and keypoints of each part of a real clip."""
    folder = WORLD / "real" / video.stem
    film, keypoints, expression, hands, fit = (
        folder / name
        for name in ("video.mp4", "keypoints.npz", "expression.npz", "hands.npz", "fit.npz")
    )
    if not fit.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        normalise_video(video, film, folder / "video.json", NormaliseSettings(20.0, 25, "trim"))
        extract_keypoints(film, keypoints, "mediapipe", "flag")
        extract_expression(film, keypoints, BODY, expression, "landmarks")
        extract_hands(film, keypoints, BODY, hands, "landmarks")
        fit_body(keypoints, expression, hands, BODY, fit, FitSettings(), "understudy", 0)
    whole, seen = load_fit(fit), load_keypoints(keypoints)
    step = round(PART * whole.fps)
    count = max(1, len(whole) // step)
    cuts = [slice(step * k, step * (k + 1)) for k in range(count)]
    return [
        (
            f"{video.stem}, part {number + 1}",
            whole.part(cut),
            replace(seen, arrays={name: array[cut] for name, array in seen.arrays.items()}),
        )
        for number, cut in enumerate(cuts)
    ]


def quality_figures() -> list[Figure]:
    """All of them; the real clips' not measured where they are not to be had."""
    real = Figure("quality_real", None, "%", 95, False)
    return [*of_demo_clips(), of_real_clips() if _videos() else real]


if __name__ == "__main__":
    for figure in [of_real_clips()] if sys.argv[1:] == ["real"] else quality_figures():
        print(figure.figure, figure.value, "pass" if figure.passed else "FAIL", figure.wanted)
