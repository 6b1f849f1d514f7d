"""The experiments: which recognisers are trained on what (paper, section 5)."""

from collections import Counter
from dataclasses import dataclass

from understudy.errors import UserError
from understudy.plan.tables import Tables
from understudy.recognition.points import Point, expand_grid


@dataclass(frozen=True)
class Run:
    """One training: a model, the videos it uses, a seed."""

    model: str
    point: Point
    seed: int


def planned_runs(
    experiments: dict, tables: Tables, synthetic: list[tuple], labels: list[str]
) -> list[Run]:
    """Every run of `experiments["grid"]` × models × seeds, without repetitions.

    synthetic: rows (reference, identity, view, background). Raises UserError when there is no
    test video, or a class has none, or has fewer training videos than a point asks for.
    """
    if not experiments["models"] or not tables.real:
        return []
    tested = {row["label"] for row in tables.real.values() if row["split"] == "test"}
    missing = [label for label in labels if label not in tested]
    if missing:
        raise UserError(f"table of real videos: class '{missing[0]}' has no test video; add one")
    points = expand_grid(experiments["grid"])
    for point in points:
        _refuse_too_many(point, tables, synthetic, labels)
    runs = [
        Run(model, point, seed)
        for model in experiments["models"]
        for point in points
        for seed in experiments["seeds"]
    ]
    return list(dict.fromkeys(runs))


def _refuse_too_many(
    point: Point, tables: Tables, synthetic: list[tuple], labels: list[str]
) -> None:
    """Report a class with too few videos before the first of them is made."""
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
    for kind, wanted, there in (
        ("real", point.n_real, real),
        ("synthetic", point.n_synthetic, made),
    ):
        if wanted == "all":
            continue
        for label in labels:
            if there[label] < wanted:
                raise UserError(
                    f"config: experiments.grid: {point.name} asks for {wanted} {kind} videos of "
                    f"each class, but class '{label}' has {there[label]}; add some or lower "
                    f"n_{kind}"
                )
