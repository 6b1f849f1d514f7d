"""The points of an experiment's grid: what a training sees. Stdlib only."""

import itertools
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Count = int | Literal["all"]
EMBEDDED = ("hardness", "covariance")  # selections by what a recogniser makes of the videos


@dataclass(frozen=True)
class Point:
    """What a training sees of each class.

    n_real, n_synthetic: how many videos, or "all". Of the synthetic ones: background, before
    images or on white; identities, how many people re-enact them; views, all that were rendered
    or the reference's own (source); selection, which are taken of more than are needed.
    """

    n_real: Count
    """Real training videos per class, at most: a class with fewer gives what it has. Or `all`."""
    n_synthetic: Count
    """Synthetic training videos per class, at most, of those that passed their checks; or `all`."""
    background: Literal["image", "white"] = "image"
    """`image`: synthetic videos over background images. `white`: the same people on white."""
    identities: Count = "all"
    """How many people the synthetic videos show; drawn by seed."""
    views: Literal["all", "source"] = "all"
    """`all`: synthetic videos of all `render.views`. `source`: only of the reference's own view."""
    selection: Literal["random", "quality", "hardness", "covariance"] = "random"
    """Which synthetic videos are taken where there are more: drawn by seed (`random`), or those of
    the lowest risk (`quality`, docs/quality.md). By the features of the same model, trained on the
    real videos of this point alone, which the grid must have: those that it is least sure of
    (`hardness`), or those that together vary as the class's real videos do (`covariance`)."""

    @property
    def name(self) -> str:
        """As in folder names. What is not said is as usual, so that older names stay true."""
        parts = [f"real{self.n_real}", f"synthetic{self.n_synthetic}"]
        parts += ["white"] if self.background == "white" else []
        parts += [f"identities{self.identities}"] if self.identities != "all" else []
        parts += ["source"] if self.views == "source" else []
        parts += [self.selection] if self.selection != "random" else []
        return "_".join(parts)

    @property
    def is_embedded(self) -> bool:
        """Whether its videos are selected by what a recogniser makes of them."""
        return self.selection in EMBEDDED and self.n_synthetic != 0

    @property
    def alone(self) -> "Point":
        """The same without synthetic videos."""
        return Point(self.n_real, 0)

    @property
    def is_unusual(self) -> bool:
        """Whether it is not on the curves of figures 6 and 7."""
        return self != Point(self.n_real, self.n_synthetic)

    def to_dict(self) -> dict:
        return asdict(self)


def expand_grid(grid: list[dict], models: Iterable[str]) -> list[tuple[str, Point]]:
    """(model, point) of every training, each once, in the order of `models`, then of the entries.

    A list in an entry stands for each of its values; `models` in an entry: the models that its
    points are for, or "all".
    """
    wanted: dict[str, list[Point]] = {model: [] for model in models}
    for entry in grid:
        values = {name: _as_list(value) for name, value in entry.items()}
        named = values.pop("models", ["all"])
        points = [
            Point(**dict(zip(values, combination, strict=True)))
            for combination in itertools.product(*values.values())
        ]
        for model in wanted if named == ["all"] else named:
            wanted[model] += points
    return [(model, point) for model in wanted for point in dict.fromkeys(wanted[model])]


def _as_list(value: object) -> list:
    return value if isinstance(value, list) else [value]
