"""The figures of the experiments: accuracy by synthetic videos (figures 6 and 7), by their kind, by
class, which classes are mistaken for which, and the learning curves. Text and axes are drawn in
`INK`, which a page may replace to fit a dark background."""

import itertools
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from understudy.files import atomic_path
from understudy.recognition import paper
from understudy.recognition.tables import model_name, point_name
from understudy.recognition.tabulate import usual

INK = "#5b6470"
COLOURS = ["#d1495b", "#2e86ab", "#66a182", "#edae49", "#8d6a9f"]
DASHES = ["-", "--", ":", "-.", (0, (8, 2))]
DODGE = 0.01  # between two lines, as a share of the axis: else their whiskers would overlap
STYLE: dict = {
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "svg.fonttype": "none",  # text stays text: it takes the page's font
    "savefig.transparent": True,
}


def plot_accuracy(summary: pd.DataFrame, out: Path) -> None:
    """Accuracy against synthetic videos per class: a panel per (dataset, model), a line per n_real.

    `summary` is what `tabulate.summarise` returns; bars are its 95 % intervals over seeds. Hollow
    markers are the paper's, where it has the dataset and its text gives a number.
    """
    summary = usual(summary)
    with plt.rc_context({**STYLE, "svg.hashsalt": "accuracy"}):
        panels = list(summary.groupby(["dataset", "model"], sort=True))
        figure, axes = _panels(len(panels), width=6.4, height=3.2)
        for axis, ((dataset, model), group) in zip(axes, panels, strict=True):
            _accuracy_panel(axis, group)
            axis.set_title(f"{model_name(model)} · {dataset}", loc="left")
        axes[0].set_ylabel("accuracy on real test videos, %")
        _save(figure, out)


def _accuracy_panel(axis: Axes, group: pd.DataFrame) -> None:
    lines = group.groupby("n_real", sort=True)
    apart = DODGE * group.n_synthetic.max()
    for place, (colour, (n_real, line)) in enumerate(zip(COLOURS, lines, strict=False)):
        videos = "video" if n_real == 1 else "videos"
        axis.errorbar(
            line.n_synthetic + (place - (len(lines) - 1) / 2) * apart,
            100 * line.accuracy,
            yerr=100 * (line.high - line.accuracy).fillna(0),
            color=colour,
            marker="o",
            markersize=6,
            linewidth=2,
            capsize=3,
            label=f"{n_real} real {videos} a class",
        )
        theirs = paper.FIGURES.get((line.dataset.iloc[0], n_real), {})
        if theirs and line.model.iloc[0] == "resnet":
            axis.plot(
                list(theirs),
                list(theirs.values()),
                marker="D",
                linestyle="none",
                fillstyle="none",
                color=colour,
                label=f"{n_real}: the paper",
            )
    chance = 100 * group.chance.iloc[0]
    axis.axhline(chance, color=INK, linewidth=1, linestyle=(0, (2, 3)))
    axis.annotate(
        "chance", (0.99, chance), xycoords=("axes fraction", "data"), ha="right", va="bottom"
    )
    axis.set_ylim(0, 100)
    axis.set_xticks(sorted(group.n_synthetic.unique()))
    axis.set_xlabel("synthetic videos per class")
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))


def plot_variants(summary: pd.DataFrame, out: Path) -> None:
    """What kinds of synthetic videos are worth, one panel per (dataset, model), one bar per point:
    the unusual ones, and the usual ones of as many videos. Whiskers as in `plot_accuracy`."""
    with plt.rc_context({**STYLE, "svg.hashsalt": "variants"}):
        panels = list(summary.groupby(["dataset", "model"], sort=True))
        shown = [_compared(group) for _, group in panels]
        rows = max(1, *(len(group) for group in shown))
        figure, axes = _panels(len(panels), width=5.2, height=1.2 + 0.34 * rows)
        for axis, (key, _), group in zip(axes, panels, shown, strict=True):
            _variants_panel(axis, group)
            axis.set_title(f"{model_name(key[1])} · {key[0]}", loc="left")
        _save(figure, out)


def _compared(group: pd.DataFrame) -> pd.DataFrame:
    """Points outside figures 6 and 7, and those in them with the same numbers of videos."""
    normal = group.index.isin(usual(group).index)
    counts = ["n_real", "n_synthetic"]
    numbers = pd.MultiIndex.from_frame(group.loc[~normal, counts])
    same = pd.MultiIndex.from_frame(group[counts]).isin(numbers)
    return group[~normal | same].sort_values([*counts, "accuracy"])


def _variants_panel(axis: Axes, group: pd.DataFrame) -> None:
    if group.empty:
        axis.text(0.5, 0.5, "none in experiments.grid", ha="center", transform=axis.transAxes)
    names = [
        f"{row.n_real} + {row.n_synthetic}: {point_name(row) or 'as usual'}"
        for row in group.itertuples()
    ]
    rows = np.arange(len(group))
    errors = 100 * (group.high - group.accuracy).fillna(0)
    colours = [COLOURS[0] if "usual" in name else COLOURS[1] for name in names]
    axis.barh(rows, 100 * group.accuracy, xerr=errors, height=0.6, color=colours, ecolor=INK)
    axis.set_yticks(rows, names)
    axis.invert_yaxis()
    axis.set_xlim(0, 100)
    axis.set_xlabel("accuracy on real test videos, %")
    axis.tick_params(axis="y", length=0)


def plot_curves(runs: pd.DataFrame, curves: pd.DataFrame, out: Path) -> None:
    """Loss on the training clips over the training, one panel per (dataset, model), one line per
    run, coloured by n_real, dashed by n_synthetic.

    `curves` is what `tabulate.read_curves` returns; its column run is the row in `runs`.
    """
    with plt.rc_context({**STYLE, "svg.hashsalt": "curves"}):
        panels = list(runs.groupby(["dataset", "model"], sort=True))
        figure, axes = _panels(len(panels), width=6.4, height=3.2)
        for axis, ((dataset, model), group) in zip(axes, panels, strict=True):
            _curves_panel(axis, group, curves)
            axis.set_title(f"{model_name(model)} · {dataset}", loc="left")
            axis.set_xlabel("share of the training, %")
        axes[0].set_ylabel("training loss")
        _save(figure, out)


def _curves_panel(axis: Axes, group: pd.DataFrame, curves: pd.DataFrame) -> None:
    colours = dict(zip(sorted(group.n_real.unique()), itertools.cycle(COLOURS), strict=False))
    dashes = dict(zip(sorted(group.n_synthetic.unique()), itertools.cycle(DASHES), strict=False))
    named = set()
    for run, row in group.iterrows():
        curve = curves[curves.run == run]
        name = f"{row.n_real} + {row.n_synthetic}"
        axis.plot(
            100 * curve.epoch / curve.epoch.max(),
            curve.loss,
            color=colours[row.n_real],
            linestyle=dashes[row.n_synthetic],
            linewidth=1.2,
            label=None if name in named else name,
        )
        named.add(name)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), title="real + synthetic")


def plot_per_class(runs: pd.DataFrame, out: Path) -> None:
    """Accuracy of each class without and with most synthetic videos, a panel per (dataset, model).

    `runs` is what `tabulate.read_runs` returns; bars are means over seeds.
    """
    runs = usual(runs)
    with plt.rc_context({**STYLE, "svg.hashsalt": "per_class"}):
        panels = list(runs.groupby(["dataset", "model"], sort=True))
        classes = max(len(labels) for labels in runs.labels)
        figure, axes = _panels(len(panels), width=4.4, height=1.2 + 0.36 * classes)
        for axis, ((dataset, model), group) in zip(axes, panels, strict=True):
            _per_class_panel(axis, group)
            axis.set_title(f"{model_name(model)} · {dataset}", loc="left")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower left", ncols=2)
        _save(figure, out)


def _per_class_panel(axis: Axes, group: pd.DataFrame) -> None:
    labels = group.labels.iloc[0]
    rows = np.arange(len(labels))
    base = group[group.n_real == group.n_real.max()]
    counts = sorted({0, base.n_synthetic.max()} & set(base.n_synthetic))
    names = {0: "original"}
    for place, count in enumerate(counts):
        scores = pd.DataFrame(list(base[base.n_synthetic == count].per_class))
        values = 100 * scores[labels].mean().fillna(0).to_numpy(dtype=float)
        offset = (place - (len(counts) - 1) / 2) * 0.38
        axis.barh(
            rows + offset,
            values,
            height=0.34,
            color=COLOURS[1 - (count > 0)],
            label=names.get(count, "original + synthetic"),
        )
    axis.set_yticks(rows, [label.replace("_", " ") for label in labels])
    axis.invert_yaxis()
    axis.set_xlim(0, 100)
    axis.set_xlabel("accuracy, %")
    axis.tick_params(axis="y", length=0)


def plot_confusion(runs: pd.DataFrame, out: Path) -> None:
    """Which class is mistaken for which, summed over seeds: a column per (dataset, model), without
    synthetic videos above, with most of them below."""
    runs = usual(runs)
    with plt.rc_context({**STYLE, "svg.hashsalt": "confusion"}):
        panels = list(runs.groupby(["dataset", "model"], sort=True))
        side = 1.8 + 0.38 * max(len(labels) for labels in runs.labels)
        figure, axes = plt.subplots(
            2,
            len(panels),
            figsize=(side * len(panels), 2 * side),
            squeeze=False,
            layout="constrained",
        )
        for column, ((dataset, model), group) in zip(axes.T, panels, strict=True):
            base = group[group.n_real == group.n_real.max()]
            for axis, count in zip(column, (0, base.n_synthetic.max()), strict=True):
                axis.set_title(f"{model_name(model)} · {dataset}, {count} synthetic", loc="left")
                shown = base[base.n_synthetic == count]
                if shown.empty:
                    axis.set_axis_off()
                else:
                    labels = shown.labels.iloc[0]
                    _confusion_panel(axis, np.sum(list(shown.confusion), 0), labels)
                    axis.set_ylabel("true")
        _save(figure, out)


def _confusion_panel(axis: Axes, counts: np.ndarray, labels: list[str]) -> None:
    names = [label.replace("_", " ") for label in labels]
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    for row, column in np.argwhere(counts):
        share = shares[row, column]
        # Opacity instead of a white-based map: cells fade into the page, light or dark.
        cell = Rectangle((column - 0.5, row - 0.5), 1, 1, color=COLOURS[1], alpha=share, lw=0)
        axis.add_patch(cell)
        ink = "white" if share > 0.55 else INK
        axis.text(column, row, str(counts[row, column]), ha="center", va="center", color=ink)
    axis.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(names) - 0.5, -0.5), aspect="equal")
    axis.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
    axis.set_yticks(range(len(names)), names)
    axis.tick_params(length=0)
    axis.set_xlabel("recognised as")


def _panels(count: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """A row of panels, `width` × `height` inches each."""
    figure, axes = plt.subplots(
        1, count, figsize=(width * count, height), squeeze=False, layout="constrained"
    )
    return figure, list(axes[0])


def _save(figure: Figure, out: Path) -> None:
    """Write by suffix (.svg, .png, .pdf), without a date: same runs, same bytes."""
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(Path(out).suffix, {})
    with atomic_path(out) as path:
        figure.savefig(path, dpi=160, metadata=metadata)
    plt.close(figure)
