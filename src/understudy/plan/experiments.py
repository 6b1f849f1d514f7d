"""The experiments: which recognisers are trained on what (paper, section 5)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from understudy.errors import UserError
from understudy.plan.tables import Tables
from understudy.recognition.points import Count, Point, expand_grid
from understudy.recognition.selection import told_of_cap


@dataclass(frozen=True)
class Run:
    """One training: a model, the videos it uses, a seed."""

    model: str
    point: Point
    seed: int


def planned_runs(
    experiments: dict, tables: Tables, synthetic: list[tuple], labels: list[str]
) -> list[Run]:
    """Every run of `experiments["grid"]` and its models × seeds, without repetitions.

    synthetic: rows (reference, identity, view, background). Raises UserError when there is no
    test video, or a class has none, or has no training video where a point asks for some.
    """
    if not experiments["models"] or not tables.real:
        return []
    tested = {row["label"] for row in tables.real.values() if row["split"] == "test"}
    missing = [label for label in labels if label not in tested]
    if missing:
        raise UserError(f"table of real videos: class '{missing[0]}' has no test video; add one")
    wanted = expand_grid(experiments["grid"], experiments["models"])
    for point in dict.fromkeys(point for _, point in wanted):
        _refuse_unmet(point, _available(point, tables, synthetic), labels)
    _refuse_unembedded(wanted)
    return [Run(model, point, seed) for model, point in wanted for seed in experiments["seeds"]]


def told_of_caps(
    points: Iterable[Point], tables: Tables, synthetic: list[tuple], labels: list[str]
) -> list[str]:
    """A line for each cap of the points that some class does not reach."""
    lines = []
    for point in points:
        for kind, (cap, there) in _available(point, tables, synthetic).items():
            lines.append(told_of_cap(kind, cap, {label: there[label] for label in labels}))
    return [line for line in dict.fromkeys(lines) if line]


Available = dict[str, tuple[Count, Counter[str]]]  # kind -> what a point asks for, what there is


def _available(point: Point, tables: Tables, synthetic: list[tuple]) -> Available:
    """How many videos of each class there are for a point, if all synthetic ones pass."""
    real = Counter(row["label"] for row in tables.real.values() if row["split"] == "train")
    people = len({row[1] for row in synthetic})
    if point.identities != "all" and point.identities > people:
        raise UserError(
            f"config: experiments.grid asks for {point.identities} identities, but there are "
            f"{people}; add people or lower it"
        )
    rows = {row for row in synthetic if point.views == "all" or row[2] == "source"}
    if point.background == "white":
        rows = {row[:3] for row in rows}
    made = Counter(tables.references[row[0]]["label"] for row in rows)
    if point.identities != "all":  # every person re-enacts every reference
        made = Counter({label: n * point.identities // people for label, n in made.items()})
    return {"real": (point.n_real, real), "synthetic": (point.n_synthetic, made)}


def _refuse_unembedded(wanted: list[tuple[str, Point]]) -> None:
    """Report a selection by features for which there are none."""
    for model, point in wanted:
        if not point.is_embedded:
            continue
        told = f"config: experiments.grid: {point.name} selects by {point.selection}"
        if point.background == "white":
            raise UserError(f"{told}, which looks at videos on images; choose background: image")
        if point.n_real == 0 or (point.selection, point.n_real) == ("covariance", 1):
            least = 2 if point.selection == "covariance" else 1
            raise UserError(f"{told}, which needs real videos; set n_real to {least} or more")
        if (model, point.alone) not in wanted:
            raise UserError(
                f"{told}, by what {model} learns from the real videos alone; add to the grid "
                f"n_real: {point.n_real}, n_synthetic: 0"
            )


def _refuse_unmet(point: Point, available: Available, labels: list[str]) -> None:
    """Report what no cap can mend, before the first video is made."""
    for label in labels:
        for kind, (wanted, there) in available.items():
            if wanted not in ("all", 0) and not there[label]:
                raise UserError(
                    f"config: experiments.grid: {point.name} asks for {kind} videos of each class, "
                    f"but class '{label}' has none; add some, remove the class from labels, or "
                    f"set n_{kind}: 0"
                )
        if not any(there[label] for wanted, there in available.values() if wanted != 0):
            raise UserError(
                f"config: experiments.grid: {point.name} finds no training video of class "
                f"'{label}'; add some, or remove the class from labels"
            )
