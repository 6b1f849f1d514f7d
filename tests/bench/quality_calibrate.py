"""Calibrate the risk of synthetic videos on the half of the clips that is meant for it, and write
src/understudy/quality/calibration.json. `python -m tests.bench.quality_calibrate [clips]`, after
`python -m tests.bench.quality_world calibrate 0 clips`."""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import nnls
from scipy.stats import rankdata, spearmanr

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
# Those that are weighed. What is wrong with the picture alone says nothing about the motion, and an
# avatar has one score for all its videos.
LOGARITHMS = (
    *("residual", "residual_high", "disagreement", "disagreement_turned", "size_varies"),
    *("unsteady", "slide", "floor", "unfamiliar", "pace", "redetected"),
)
LINEAR = (
    *("out_of_step", "doubt", "uncertain", "feet_doubt", "unconfident", "unseen", "bridged"),
    *("beyond_limits", "small"),
)
WORST = 90  # percentile of the true errors
LARGE = 300.0  # mm: a larger error is as bad, and must not decide the weights
DAMAGED_COUNTS = 0.25  # of a clip as it was fitted
# How strongly weights are drawn towards the one that all would have: few people, many parts.
RIDGES = (30.0, 100.0, 300.0, 1000.0)


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
        seen = load_keypoints(clip.path("keypoints.npz"))
        (parts,) = pd.read_parquet(clip.path("quality.parquet")).to_dict("records")
        parts |= motion_parts(fit, seen, body)  # as they are measured now
        about = {"person": clip.person, "spoilt": clip.spoilt, "action": clip.action}
        rows.append({**parts, **about, "error": true_error(fit, body, clip), "counts": 1.0})
        if not with_damaged:
            continue
        for how, spoilt in damaged(fit, fits[number - 1]):
            error = true_error(spoilt, body, clip)
            about = {"person": clip.person, "spoilt": how, "counts": DAMAGED_COUNTS}
            rows.append({**motion_parts(spoilt, seen, body), **about, "error": error})
    return pd.DataFrame(rows)


def fitted(table: pd.DataFrame, ridge: float) -> Calibration:
    """Weights of at least 0 that explain log(error) best, near one that is the same for all."""
    natural = table[table["counts"] == 1]
    terms = {name: _standard(natural[name], name in LOGARITHMS) for name in (*LOGARITHMS, *LINEAR)}
    target = np.log(table["error"].clip(upper=LARGE)).to_numpy()
    usual = float(np.log(natural["error"].clip(upper=LARGE)).mean())
    columns = [[term.standardised(value) for value in table[name]] for name, term in terms.items()]
    parts, counts = np.array(columns).T, np.sqrt(table["counts"].to_numpy())
    off, together = (target - usual) * counts, parts.sum(1) * counts
    common = max(0.0, float(together @ off / (together @ together)))
    left = np.vstack([parts * counts[:, None], np.eye(len(terms)) * ridge**0.5])
    right = np.concatenate([off, np.full(len(terms), common * ridge**0.5)])
    weights, _ = nnls(left, right)
    found = {
        name: replace(term, weight=float(weight))
        for (name, term), weight in zip(terms.items(), weights, strict=True)
        if weight > 1e-3
    }
    bound = float(np.percentile(np.log(natural["error"]), WORST))
    return Calibration(found, usual, bound, remains=1.0)


def _standard(values: pd.Series, logarithm: bool) -> Term:
    """A part's mean and spread; without a weight yet."""
    known = values.dropna()
    known = np.log(known.clip(lower=1e-6)) if logarithm else known
    return Term(logarithm, float(known.mean()), max(float(known.std()), 1e-3), 0.0)


def left_out(table: pd.DataFrame, ridge: float) -> np.ndarray:
    """log(error) that is expected of each clip as it was fitted, by the clips of other people."""
    natural = table[table["counts"] == 1]
    found = pd.Series(np.nan, natural.index)
    for person in sorted(set(natural["person"])):
        others = fitted(table[table["person"] != person], ridge)
        own = natural[natural["person"] == person]
        found[own.index] = [others.log_error(row) for row in own.to_dict("records")]
    return found.to_numpy()


def auroc(score: np.ndarray, is_worst: np.ndarray) -> float:
    """How often one of the worst scores higher than one of the others (Mann-Whitney)."""
    n, m = is_worst.sum(), (~is_worst).sum()
    return float((rankdata(score)[is_worst].sum() - n * (n + 1) / 2) / (n * m))


def main(count: str = "100") -> None:
    table = observed(clips_of("calibrate", int(count)), with_damaged=True)
    natural = table[table["counts"] == 1]
    true = np.log(natural["error"].clip(upper=LARGE).to_numpy())
    told = {ridge: left_out(table, ridge) for ridge in RIDGES}
    spreads = {ridge: float(np.std(true - found)) for ridge, found in told.items()}
    ridge = min(spreads, key=spreads.__getitem__)
    print(f"{len(natural)} clips, log(error) spreads {true.std():.3f}, what remains {spreads}")
    worst = true > np.percentile(true, WORST)
    print(
        f"of others' people: AUROC {auroc(told[ridge], worst):.3f}, Spearman "
        f"{spearmanr(told[ridge], true).statistic:.3f}"
    )
    _write(asdict(replace(fitted(table, ridge), remains=spreads[ridge])), CALIBRATION)


def _write(told: object, path: Path) -> None:
    rounded = json.loads(json.dumps(told), parse_float=lambda text: float(f"{float(text):.5g}"))
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
