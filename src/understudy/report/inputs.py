"""What the report is made from: a JSON file that the workflow writes, read into dataclasses."""

from dataclasses import dataclass, field, is_dataclass
from pathlib import Path
from typing import TypeVar, get_args, get_type_hints

from understudy.errors import UserError
from understudy.files import read_json
from understudy.plan.job import Expected

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Person:
    """An identity: its sheet (JPEG), avatar metrics and coverage (JSON), which may be missing.

    facts: what to say about it, such as {"licence": "CC0"}. parts: the files its sheet is drawn
    from, by the parameter names of `sheets.sheet_identity`.
    """

    id: str
    sheet: str
    metrics: str = ""
    coverage: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reference:
    """A reference video: its label, sheet (JPEG) and preview (WebP), which may be missing.

    parts: video, keypoints, fit, body; white and synthetic: files of its re-enactments.
    """

    id: str
    label: str
    sheet: str
    preview: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    white: tuple[str, ...] = ()
    synthetic: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A background: its sheet (JPEG), which may be missing, and what to say about it."""

    id: str
    sheet: str
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plot:
    """A figure (.svg or .png) and its caption."""

    path: str
    caption: str


@dataclass(frozen=True)
class ReportInputs:
    """Paths are relative to the folder where the workflow runs; files may be missing, lists empty.

    rulegraph: the text of `snakemake --rulegraph`; backgrounds: how many images; rooms: the first
    of them; worst: the sheet of the videos to look at first;
    synthetic: every synthetic video there should be; table: table1.md; summary: table1.csv;
    benchmarks: the folder of Snakemake's benchmark files; profile: what jobs request of a cluster;
    expected: every file whose absence is a failure; config: the configuration, shown as YAML;
    most_sheets: how many sheets of a kind are embedded at most, so that the page of a large run
    stays small.
    """

    title: str
    rulegraph: str = ""
    people: tuple[Person, ...] = ()
    references: tuple[Reference, ...] = ()
    backgrounds: int = 0
    rooms: tuple[Place, ...] = ()
    worst: str = ""
    synthetic: tuple[str, ...] = ()
    table: str = ""
    summary: str = ""
    plots: tuple[Plot, ...] = ()
    benchmarks: str = ""
    profile: str = ""
    expected: tuple[Expected, ...] = ()
    config: dict = field(default_factory=dict)
    most_sheets: int = 24
    most_previews: int = 24


def read_inputs(path: Path | str) -> ReportInputs:
    """Raises UserError for an unknown or missing key."""
    try:
        return from_dict(ReportInputs, read_json(path))
    except (TypeError, KeyError) as error:
        raise UserError(f"{path}: not a description of a report ({error}); rerun") from error


def from_dict(kind: type[Kind], values: dict) -> Kind:
    """A dataclass of ours from plain JSON values; its tuples may hold dataclasses."""
    hints = get_type_hints(kind)
    unknown = set(values) - set(hints)
    if unknown:
        raise KeyError(f"unknown key {sorted(unknown)[0]}")
    return kind(**{name: _value(hints[name], value) for name, value in values.items()})


def _value(hint: type, value: object) -> object:
    inner: tuple[type, ...] = get_args(hint)
    if not isinstance(value, list):
        return value
    if inner and is_dataclass(inner[0]):
        return tuple(from_dict(inner[0], item) for item in value)
    return tuple(value)
