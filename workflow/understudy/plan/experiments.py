"""The experiments: which recognisers are trained on what (paper, section 5)."""

from dataclasses import dataclass

from understudy.errors import UserError
from understudy.plan.tables import Tables


@dataclass(frozen=True)
class Run:
    """One training: a model, how many real and synthetic videos a class, a seed.

    `n_real` and `n_synthetic` are counts a class, or "all".
    """

    model: str
    n_real: int | str
    n_synthetic: int | str
    seed: int


def planned_runs(
    experiments: dict, tables: Tables, synthetic: list[tuple], labels: list[str]
) -> list[Run]:
    """Every run of `experiments["grid"]` × models × seeds, without repetitions.

    Raises UserError when there is no test video, or a class has none.
    """
    if not experiments["models"] or not tables.real:
        return []
    tested = {row["label"] for row in tables.real.values() if row["split"] == "test"}
    missing = [label for label in labels if label not in tested]
    if missing:
        raise UserError(f"table of real videos: class '{missing[0]}' has no test video; add one")
    runs = [
        Run(model, point["n_real"], point["n_synthetic"], seed)
        for model in experiments["models"]
        for point in experiments["grid"]
        for seed in experiments["seeds"]
    ]
    return list(dict.fromkeys(runs))
