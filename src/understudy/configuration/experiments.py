"""The configuration's `experiments`: which recognisers are trained on what (paper, section 5)."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from understudy.configuration.kinds import Name, Section, Seed, Unique, allowed
from understudy.configuration.recogniser import RecogniserSection


def _one_or_list(one: object, words: str) -> object:
    many = Annotated[list[one], Field(min_length=1)]
    return Annotated[one | many, allowed(f"{words}, or a list of these")]


Videos = _one_or_list(Annotated[int, Field(ge=0)] | Literal["all"], "a number from 0, or all")
PeopleSection = _one_or_list(
    Annotated[int, Field(ge=1)] | Literal["all"], "a number from 1, or all"
)
Behind = _one_or_list(Literal["image", "white"], "image or white")
Views = _one_or_list(Literal["all", "source"], "all or source")


class GridLine(Section):
    """A line of the grid; every number in it may be a list, which stands for a run each."""

    n_real: Videos
    """Real training videos a class, or `all`."""

    n_synthetic: Videos
    """Synthetic training videos a class, or `all`."""

    background: Behind = "image"
    """Synthetic videos before images, or `white`: the same people on white."""

    identities: PeopleSection = "all"
    """How many people, drawn by seed, the synthetic videos show."""

    views: Views = "all"
    """Synthetic videos of all `render.views`, or `source`: of the reference's own view alone."""


class Experiments(Section):
    """The recognisers (paper, section 5)."""

    dataset: Name = "real"
    """Name of the real dataset in folder names and tables."""

    models: dict[Name, RecogniserSection] = Field({})
    """Models by name, each with its settings. None, no experiments."""

    disjoint_by: Literal["subject", "video"] = "subject"
    """What a reference and the test set must not share: subject, neither the video nor who performs
    it; video, the video alone (protocols that test people of the training set by other cameras)."""

    grid: Annotated[list[GridLine], Field(min_length=1)] = Field(
        [{"n_real": "all", "n_synthetic": 0}, {"n_real": "all", "n_synthetic": "all"}],
        validate_default=True,
    )
    """What each run sees; a list of numbers stands for a run each (below, "The grid")."""

    seeds: Annotated[list[Seed], Field(min_length=1), Unique] = Field([0])
    """Seeds; each redraws the shots and the initial weights."""

    @field_validator("grid")
    @classmethod
    def _something_to_train_on(cls, grid: list[GridLine]) -> list[GridLine]:
        for line in grid:
            if _has_none(line.n_real) and _has_none(line.n_synthetic):
                raise ValueError("n_real and n_synthetic are both 0 in a run; give it some videos")
        return grid


def _has_none(videos: object) -> bool:
    return 0 in videos if isinstance(videos, list) else videos == 0
