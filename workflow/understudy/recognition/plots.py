"""The figures of the experiments: accuracy by synthetic videos (figures 6 and 7), by class,
and which classes are taken for which. Text and axes are drawn in `INK`, which a page may replace
to fit a dark background."""

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
from understudy.recognition.tabulate import model_name

INK = "#5b6470"
COLOURS = ["#d1495b", "#2e86ab", "#66a182", "#edae49", "#8d6a9f"]
STYLE = {
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
    """Accuracy against synthetic videos a class, a panel a (dataset, model), a line an n_real.

    `summary` is what `tabulate.summarise` returns; bars are one standard deviation over seeds.
    """
    with plt.rc_context({**STYLE, "svg.hashsalt": "accuracy"}):
        panels = list(summary.groupby(["dataset", "model"], sort=True))
        figure, axes = _panels(len(panels), width=4.4, height=3.2)
        for axis, ((dataset, model), group) in zip(axes, panels, strict=True):
            _accuracy_panel(axis, group)
            axis.set_title(f"{model_name(model)} · {dataset}", loc="left")
        axes[0].set_ylabel("accuracy on real test videos, %")
        _save(figure, out)


def _accuracy_panel(axis: Axes, group: pd.DataFrame) -> None:
    lines = group.groupby("n_real", sort=True)
    for colour, (n_real, line) in zip(COLOURS, lines, strict=False):
        videos = "video" if n_real == 1 else "videos"
        axis.errorbar(
            line.n_synthetic,
            100 * line.accuracy,
            yerr=100 * line.sd.fillna(0),
            color=colour,
            marker="o",
            markersize=6,
            linewidth=2,
            capsize=3,
            label=f"{n_real} real {videos} a class",
        )
    chance = 100 * group.chance.iloc[0]
    axis.axhline(chance, color=INK, linewidth=1, linestyle=(0, (2, 3)))
    axis.annotate(
        "chance", (0.99, chance), xycoords=("axes fraction", "data"), ha="right", va="bottom"
    )
    axis.set_ylim(0, 100)
    axis.set_xticks(sorted(group.n_synthetic.unique()))
    axis.set_xlabel("synthetic videos a class")
    axis.legend(loc="best")


def plot_per_class(runs: pd.DataFrame, out: Path) -> None:
    """Accuracy of each class without and with most synthetic videos, a panel a (dataset, model).

    `runs` is what `tabulate.read_runs` returns; bars are means over seeds.
    """
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
    """Who is taken for whom, summed over seeds, with most synthetic videos: a panel a model."""
    with plt.rc_context({**STYLE, "svg.hashsalt": "confusion"}):
        panels = list(runs.groupby(["dataset", "model"], sort=True))
        classes = max(len(labels) for labels in runs.labels)
        side = 1.8 + 0.38 * classes
        figure, axes = _panels(len(panels), width=side, height=side)
        for axis, ((dataset, model), group) in zip(axes, panels, strict=True):
            base = group[group.n_real == group.n_real.max()]
            best = base[base.n_synthetic == base.n_synthetic.max()]
            _confusion_panel(axis, np.sum(list(best.confusion), 0), best.labels.iloc[0])
            axis.set_title(f"{model_name(model)} · {dataset}", loc="left")
        axes[0].set_ylabel("true")
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
