"""From finished runs to numbers: accuracy of each point, and what synthetic videos gain.

Intervals are 95 %, of Student's t over the seeds, which redraw shots and initial weights; for a
gain, over the differences between runs with the same seed, of which p is Student's paired test.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t as student
from scipy.stats import ttest_1samp

from understudy.errors import UserError
from understudy.files import read_json

USUAL = {"background": "image", "identities": "all", "views": "all", "selection": "random"}
POINT = ["dataset", "model", "n_real", "n_synthetic", *USUAL]
OVER_PREDICTED = 3  # times as often as it occurs
EQUAL = 1e-9  # two accuracies that differ by no more do not differ
KINDS = ("real", "synthetic")


def read_runs(metrics_files: list[Path]) -> pd.DataFrame:
    """One row per run from each run's metrics.json, whose path is in `file`; sorted by POINT and
    seed.

    asked_real, asked_synthetic: the caps, or "all"; n_real, n_synthetic: the same, but instead of
    "all" the most that a class has; of_real, of_synthetic: label -> how many videos were taken.
    """
    rows = []
    for path in metrics_files:
        metrics = read_json(path)
        counts, point = metrics.pop("n_per_class"), metrics.pop("point", {})
        taken = metrics.pop("n_of_class")
        caps = {kind: point.get(f"n_{kind}", "all") for kind in KINDS}
        seen = {name: str(point.get(name, usual)) for name, usual in USUAL.items()}
        rows.append(
            {
                **metrics,
                "file": str(path),
                **{
                    f"n_{kind}": counts[kind] if cap == "all" else cap for kind, cap in caps.items()
                },
                **{f"asked_{kind}": str(cap) for kind, cap in caps.items()},
                **{f"of_{kind}": taken[kind] for kind in KINDS},
                **seen,
            }
        )
    if not rows:
        raise UserError("experiments: no finished run to tabulate; add one to experiments.grid")
    return pd.DataFrame(rows).sort_values([*POINT, "seed"], ignore_index=True)


def read_curves(runs: pd.DataFrame) -> pd.DataFrame:
    """epoch, loss, train_accuracy, lr of each run's curve.csv, next to its metrics.json; and run,
    its row in `runs`."""
    return pd.concat(
        [
            pd.read_csv(Path(path).with_name("curve.csv")).assign(run=row)
            for row, path in runs.file.items()
        ]
    )


def summarise(runs: pd.DataFrame) -> pd.DataFrame:
    """One row per POINT: mean accuracy, its sd and interval (low, high) over seeds; and
    mean_per_class, the mean of the classes' accuracies, each counted alike; calibration_error, its
    mean.

    Accuracies in [0,1]; sd, low and high are absent for one seed. real_least, real_most and the
    same of synthetic: how many videos were taken of the class with the fewest and the most.
    """
    spread = {
        f"{kind}_{word}": runs[f"of_{kind}"].map(lambda taken, pick=pick: pick(taken.values()))
        for kind in KINDS
        for word, pick in (("least", min), ("most", max))
    }
    groups = runs.assign(**spread).groupby(POINT, sort=True)
    table = groups.agg(
        seeds=("seed", "nunique"),
        accuracy=("accuracy", "mean"),
        sd=("accuracy", "std"),
        mean_per_class=("mean_per_class", "mean"),
        calibration_error=("calibration_error", "mean"),
        n_test=("n_test", "first"),
        chance=("chance", "first"),
        steps=("steps", "mean"),
        seconds=("seconds", "mean"),
        description=("description", "first"),
        **{name: (name, "min" if name.endswith("least") else "max") for name in spread},
    ).reset_index()
    half = [half_width(row.sd, row.seeds) for row in table.itertuples(index=False)]
    return table.assign(low=table.accuracy - half, high=table.accuracy + half)


def gains(runs: pd.DataFrame) -> pd.DataFrame:
    """One row per POINT with real and synthetic videos: what the latter gain, in [-1,1].

    gain: mean difference from the run of the same seed without synthetic videos; low, high: its
    interval; p: how likely so large a mean is where nothing is gained; seeds: how many pairs there
    are.
    """
    paired = ["dataset", "model", "n_real", "seed"]
    base = runs[runs.n_synthetic == 0].drop_duplicates(paired).set_index(paired).accuracy
    rows = []
    for point, group in runs[(runs.n_synthetic > 0) & (runs.n_real > 0)].groupby(POINT):
        keys = pd.MultiIndex.from_frame(group[paired])
        differences = (group.accuracy.to_numpy() - base.reindex(keys).to_numpy()).tolist()
        known = [value for value in differences if not math.isnan(value)]
        if known:
            sd = float(np.std(known, ddof=1)) if len(known) > 1 else math.nan
            mean, half = float(np.mean(known)), half_width(sd, len(known))
            rows.append([*point, len(known), mean, mean - half, mean + half, paired_test(known)])
    return pd.DataFrame(rows, columns=[*POINT, "seeds", "gain", "low", "high", "p"])


def usual(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of figures 6 and 7: synthetic videos of everyone, from everywhere, before images."""
    return table[np.logical_and.reduce([table[name] == value for name, value in USUAL.items()])]


def over_predicted(runs: pd.DataFrame) -> pd.DataFrame:
    """Classes that are only guessed, one row per (POINT, label), summed over seeds.

    A class counts as guessed if it is predicted OVER_PREDICTED times as often as it occurs: at
    most a third of those predictions can be right. said, occurs: shares of the test videos
    that are predicted to be it, and that are it; right: share of the predictions that are right.
    """
    rows = []
    for point, group in runs.groupby(POINT, sort=True):
        confusion = np.sum([np.array(table) for table in group.confusion], 0)
        true, said = confusion.sum(1), confusion.sum(0)
        for index, label in enumerate(group.labels.iloc[0]):
            if true[index] and said[index] >= OVER_PREDICTED * true[index]:
                shares = np.array([said[index], true[index]]) / confusion.sum()
                rows.append([*point, label, *shares, confusion[index, index] / said[index]])
    return pd.DataFrame(rows, columns=[*POINT, "label", "said", "occurs", "right"])


def per_class(runs: pd.DataFrame) -> pd.DataFrame:
    """Accuracy of each class, one row per (POINT, label), mean over seeds."""
    rows = []
    for point, group in runs.groupby(POINT, sort=True):
        means = pd.DataFrame(list(group.per_class)).astype(float).mean()
        rows += [[*point, label, means[label]] for label in group.labels.iloc[0]]
    return pd.DataFrame(rows, columns=[*POINT, "label", "accuracy"])


def half_width(sd: float, count: int) -> float:
    """Half of the 95 % interval of the mean of `count` values (Student, 1908); NaN for one."""
    return student.ppf(0.975, count - 1) * sd / math.sqrt(count) if count > 1 else math.nan


def paired_test(differences: list[float]) -> float:
    """The two-sided p of Student's paired t test; NaN where they do not differ from each other."""
    if np.ptp(differences) < EQUAL:
        return math.nan
    return float(ttest_1samp(differences, 0).pvalue)


def wilson_interval(share: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """95 % confidence interval of a share observed in `count` trials (Wilson, 1927)."""
    middle = share + z**2 / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    scale = 1 + z**2 / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
