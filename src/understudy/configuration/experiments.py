"""The configuration's `experiments`: which recognisers are trained on what (paper, section 5)."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from understudy.configuration.kinds import Name, Section, Seed, Text, Unique, allowed
from understudy.configuration.recogniser import RecogniserSection
from understudy.recognition.points import Point


def _one_or_list(one: object, words: str) -> object:
    many = Annotated[list[one], Field(min_length=1)]
    return Annotated[one | many, allowed(f"{words}, or a list of these")]


Videos = _one_or_list(Annotated[int, Field(ge=0)] | Literal["all"], "a number from 0, or all")
HowMany = _one_or_list(Annotated[int, Field(ge=1)] | Literal["all"], "a number from 1, or all")
Behind = _one_or_list(Literal["image", "white"], "image or white")
Recognisers = Annotated[
    Name | Annotated[list[Name], Field(min_length=1)],
    allowed("all, a name in `experiments.models`, or a list of these"),
]
Views = _one_or_list(Literal["all", "source"], "all or source")
Chosen = _one_or_list(
    Literal["random", "quality", "hardness", "covariance"],
    "random, quality, hardness or covariance",
)


class GridLine(Section):
    """A line of the grid; any value may be a list, which gives one run per item."""

    of = Point

    n_real: Videos
    n_synthetic: Videos
    background: Behind = Point.background
    identities: HowMany = Point.identities
    views: Views = Point.views
    selection: Chosen = Point.selection

    models: Recognisers = "all"
    """Which of `experiments.models` are trained on it: `all`, or names."""


class AllowedPair(Section):
    """A test video and another one that may look like copies of each other, and why that is so."""

    test: Name
    """The test video's id in real.tsv."""

    other: Name
    """The id of a reference, or of a training video in real.tsv."""

    reason: Text
    """Why they are no copies, or why it does no harm; the datasheet repeats it."""


class Experiments(Section):
    """The recognisers (paper, section 5)."""

    dataset: Name = "real"
    """Name of the real dataset in folder names and tables."""

    models: dict[Name, RecogniserSection] = Field(default={})
    """Models by name, each with its settings. Without any, no experiments are run."""

    disjoint_by: Literal["subject", "video"] = "subject"
    """What a reference must not share with the test set. subject: neither the video nor the person.
    video: only the video (for protocols that test on training people seen by other cameras)."""

    allowed_pairs: list[AllowedPair] = Field(default=[])
    """Pairs that the check for copies of test videos passes, each with the reason, which the
    datasheet repeats: [{test: t12, other: wave01, reason: "…"}]."""

    grid: Annotated[list[GridLine], Field(min_length=1)] = Field(
        default=[{"n_real": "all", "n_synthetic": 0}, {"n_real": "all", "n_synthetic": "all"}],
        validate_default=True,
    )
    """What each run is trained on; a list gives one run per item (see "The grid" below)."""

    seeds: Annotated[list[Seed], Field(min_length=1), Unique] = Field(default=[0])
    """Seeds; each redraws the shots and the initial weights."""

    @field_validator("grid")
    @classmethod
    def _something_to_train_on(cls, grid: list[GridLine]) -> list[GridLine]:
        for line in grid:
            if _has_none(line.n_real) and _has_none(line.n_synthetic):
                raise ValueError("n_real and n_synthetic are both 0 in a run; give it some videos")
        return grid

    @field_validator("grid")
    @classmethod
    def _known_models(cls, grid: list[GridLine], info: ValidationInfo) -> list[GridLine]:
        known = info.data.get("models", {})
        for line in grid:
            named = line.models if isinstance(line.models, list) else [line.models]
            for name in named:
                if name not in known and named != ["all"]:
                    raise ValueError(
                        f"there is no model '{name}' in experiments.models; give all, or some of "
                        f"these: {', '.join(known) or 'none'}"
                    )
        return grid


def _has_none(videos: object) -> bool:
    return 0 in videos if isinstance(videos, list) else videos == 0
