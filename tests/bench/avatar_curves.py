"""The plot of quality against seconds, and the time one method takes to reach another's quality."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

Curve = list[list[float]]  # [[seconds, dB as fitted, dB with the pose fitted], …]
PROTOCOLS = ("pose from the neighbouring frames", "pose fitted to the test picture")
WIDTH, HEIGHT = 8.0, 3.4  # inches


def time_ratio(ours: Curve, theirs: Curve) -> float | None:
    """Seconds until our curve reaches, by both protocols, where theirs ends, over their seconds.

    Between its points a curve is straight. None if ours never gets there.
    """
    reached = []
    for column in (1, 2):
        goal = theirs[-1][column]
        above = [k for k, point in enumerate(ours) if point[column] >= goal]
        if not above:
            return None
        first = above[0]
        if first == 0:
            reached.append(ours[0][0])
            continue
        (s0, q0), (s1, q1) = ((ours[k][0], ours[k][column]) for k in (first - 1, first))
        reached.append(s0 + (s1 - s0) * (goal - q0) / (q1 - q0))
    return max(reached) / theirs[-1][0]


def mean_curve(curves: list[Curve]) -> Curve:
    """The mean curve of one method over several people, point by point."""
    return np.mean(np.array(curves), axis=0).tolist()


def draw(curves: dict[str, Curve], path: Path) -> None:
    """One line per method, one panel per protocol."""
    figure, panels = plt.subplots(1, 2, figsize=(WIDTH, HEIGHT), sharex=True, layout="constrained")
    for column, (panel, protocol) in enumerate(zip(panels, PROTOCOLS, strict=True), 1):
        for name, curve in curves.items():
            points = np.array(curve)
            panel.plot(points[:, 0] / 60, points[:, column], marker="o", markersize=3, label=name)
        panel.set(xscale="log", xlabel="minutes of training", title=protocol)
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("held-out frames, PSNR (dB)")
    panels[0].legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)
