"""Calibrate the risk of synthetic videos on the half of the clips that is meant for it, and write
src/understudy/quality/calibration.json. `python -m tests.bench.quality_calibrate [clips]`, after
`python -m tests.bench.quality_world calibrate 0 clips`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from tests.bench.figures import ROOT
from tests.bench.quality_damage import damaged
from tests.bench.quality_world import BODY, Clip, clips_of
from understudy.artifacts.fit import Fit, load_fit
from understudy.artifacts.keypoints import load_keypoints
from understudy.artifacts.shown import shown
from understudy.artifacts.truth import load_truth
from understudy.body.load import load_body
from understudy.body.model import BodyModel
from understudy.fitting.evaluate import measure_fit
from understudy.quality.motion import motion_parts
from understudy.quality.risk import Calibration, Term

CALIBRATION = ROOT / "src/understudy/quality/calibration.json"
# Those that may count; the limbs one by one are told, not weighed, and one avatar has one score.
LOGARITHMS = (
    *("residual", "residual_high", "disagreement", "unsteady", "slide", "unfamiliar"),
    *("redetected", "flicker", "halo"),
)
LINEAR = (
    *("out_of_step", "doubt", "unseen", "bridged", "beyond_limits", "small"),
    *("undetected", "out_of_sight"),
)
WORST = 90  # percentile of the true errors
DAMAGED_COUNTS = 0.25  # of a clip as it was fitted
RIDGES = (0.3, 1.0, 3.0, 10.0, 30.0)


def true_error(fit: Fit, body: BodyModel, clip: Clip) -> float:
    """mm: MPJPE of what is re-enacted."""
    there = shown(load_fit(clip.path("fit.npz")).confidence, fit.fps).part
    return float(measure_fit(fit, body, load_truth(clip.path("truth.npz"))).joints[there].mean())


def observed(clips: list[Clip], with_damaged: bool) -> pd.DataFrame:
    """A row per clip that was made: its parts, error, person, and how much it counts; and per
    damaged copy of its fit, if asked for."""
    body, rows = load_body(BODY), []
    made = [clip for clip in clips if clip.is_made]
    fits = [load_fit(clip.path("fit.npz")) for clip in made]
    for number, (clip, fit) in enumerate(zip(made, fits, strict=True)):
        (parts,) = pd.read_parquet(clip.path("quality.parquet")).to_dict("records")
        about = {"person": clip.person, "spoilt": clip.spoilt, "action": clip.action}
        rows.append({**parts, **about, "error": true_error(fit, body, clip), "counts": 1.0})
        if not with_damaged:
            continue
        seen = load_keypoints(clip.path("keypoints.npz"))
        for how, spoilt in damaged(fit, fits[number - 1]):
            error = true_error(spoilt, body, clip)
            about = {"person": clip.person, "spoilt": how, "counts": DAMAGED_COUNTS}
            rows.append({**motion_parts(spoilt, seen, body), **about, "error": error})
    return pd.DataFrame(rows)


def fitted(table: pd.DataFrame, ridge: float) -> Calibration:
    """Weights of at least 0 that explain log(error) best, with a ridge."""
    natural = table[table["counts"] == 1]
    terms = {}
    for name in (*LOGARITHMS, *LINEAR):
        logarithm = name in LOGARITHMS
        values = natural[name].dropna()
        values = np.log(values.clip(lower=1e-6)) if logarithm else values
        terms[name] = Term(logarithm, float(values.mean()), max(float(values.std()), 1e-3), 0.0)
    target = np.log(table["error"]).to_numpy()
    usual = float(np.log(natural["error"]).mean())
    columns = [
        [term.standardised(value) for value in table[name].fillna(np.nan)]
        for name, term in terms.items()
    ]
    counts = np.sqrt(table["counts"].to_numpy())
    left = np.vstack([np.array(columns).T * counts[:, None], np.eye(len(terms)) * ridge**0.5])
    right = np.concatenate([(target - usual) * counts, np.zeros(len(terms))])
    weights, _ = nnls(left, right)
    found = {
        name: Term(term.logarithm, term.mean, term.spread, float(weight))
        for (name, term), weight in zip(terms.items(), weights, strict=True)
        if weight > 1e-3
    }
    bound = float(np.percentile(np.log(natural["error"]), WORST))
    return Calibration(found, usual, bound, 1.0)


def left_out(table: pd.DataFrame, ridge: float) -> np.ndarray:
    """log(error) that is expected of each clip as it was fitted, by the clips of other people."""
    natural = table[table["counts"] == 1]
    found = pd.Series(np.nan, natural.index)
    for person in sorted(set(natural["person"])):
        others = fitted(table[table["person"] != person], ridge)
        own = natural[natural["person"] == person]
        found[own.index] = [others.log_error(row) for row in own.to_dict("records")]
    return found.to_numpy()


def main(count: str = "100") -> None:
    table = observed(clips_of("calibrate", int(count)), with_damaged=True)
    natural = table[table["counts"] == 1]
    true = np.log(natural["error"].to_numpy())
    spreads = {ridge: float(np.std(true - left_out(table, ridge))) for ridge in RIDGES}
    ridge = min(spreads, key=spreads.__getitem__)
    best = fitted(table, ridge)
    calibration = Calibration(best.terms, best.usual, best.bound, spreads[ridge])
    told = asdict(calibration)
    print(f"{len(natural)} clips, ridge {ridge}, spreads {spreads}, of all {true.std():.3f}")
    _write(told, CALIBRATION)


def _write(told: object, path: Path) -> None:
    rounded = json.loads(json.dumps(told), parse_float=lambda text: float(f"{float(text):.5g}"))
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
