"""The dataset of a run that did not finish: of the videos that are there."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from understudy.artifacts.flags import KeepSettings
from understudy.coverage.settings import CoverageLimits
from understudy.dataset.checks import check_videos, join_checked
from understudy.dataset.flag_sources import flag_sources
from understudy.dataset.inputs import DatasetInputs, Sources, Synthetic
from understudy.dataset.manifest import write_dataset
from understudy.errors import UserError
from understudy.files import read_json
from understudy.fitting.settings import FlagSettings
from understudy.gallery.names import points_names
from understudy.gallery.write import write_gallery_of_dataset
from understudy.plan.dataset import real_rows, shown_backgrounds
from understudy.plan.expected import expected_files
from understudy.plan.planned import Plan, Row
from understudy.plan.tables import Tables
from understudy.report.failures import Failure, find_failures


def dataset_so_far(plan: Plan, folder: Path) -> str | None:
    """Write into `folder` what `write_dataset` writes, of the videos that are there with all that
    tells of them, why each other one is missing, and a gallery; returns a line that says so, None
    if there is no video."""
    layout, config = plan.layout, plan.config
    there = [row for row in plan.synthetic if _complete(plan, row)]
    if not there:
        return None
    references, identities = ({row[side]: None for row in there} for side in (0, 1))
    fits = {id_: layout.fit("reference", id_) for id_ in references}
    coverage = {id_: layout.coverage(id_) for id_ in identities}
    flag_sources(
        fits,
        {id_: layout.fit("identity", id_) for id_ in identities},
        coverage,
        FlagSettings(**config["fit"]["flag"]),
        CoverageLimits(**config["coverage"]),
        folder / "flags.json",
    )
    rows = plan.tables.backgrounds
    shown = {id_ for row in there for id_ in plan.shown_on(row)}
    people = {id_: Path(layout.people(id_)) for id_ in shown if "floor" not in rows[id_]}
    check_videos(
        [Synthetic(*row, layout.synthetic(*row), plan.labels(row)) for row in there],
        {id_: Path(layout.facts("reference", id_)) for id_ in references},
        {id_: Path(fit) for id_, fit in fits.items()},
        {id_: rows[id_]["image"] for id_ in shown},
        {id_: path for id_, path in people.items() if path.is_file()},
        config["backgrounds"]["resize"],
        folder / "checked.parquet",
    )
    join_checked([folder / "checked.parquet"], folder / "checked.parquet")
    quality = {id_: Path(layout.quality(id_)) for id_ in references}
    scores = {id_: Path(layout.avatar(id_, "metrics.json")) for id_ in identities}
    made = set(there)
    absent = {layout.synthetic(*row): row for row in plan.synthetic if row not in made}
    about = config["dataset"]
    write_dataset(
        DatasetInputs(
            folder / "checked.parquet",
            folder / "flags.json",
            _sources(plan, "reference", references),
            _sources(plan, "identity", identities),
            shown_backgrounds(plan),
            config["labels"],
            config["seed"],
            resize=config["backgrounds"]["resize"],
            match=config["backgrounds"]["match"],
            name=about["name"],
            licence=about["licence"],
            keep=KeepSettings(**about["keep"]),
            coverage={id_: Path(path) for id_, path in coverage.items()},
            quality={id_: path for id_, path in quality.items() if path.is_file()},
            scores={id_: path for id_, path in scores.items() if path.is_file()},
            real=real_rows(plan),
            allowed=[asdict(pair) for pair in plan.allowed_pairs],
            missing=_reasons(absent, find_failures(list(expected_files(plan)))),
        ),
        folder,
    )
    scripts = len(points_names(len({plan.labels(row) for row in there})))
    films = {id_: (Path(layout.video("reference", id_)), Path(fit)) for id_, fit in fits.items()}
    manifest = folder / "manifest.parquet"
    write_gallery_of_dataset(about["name"], manifest, films, scripts, folder / "gallery")
    return f"{folder}: the {len(there)} of {len(plan.synthetic)} videos that are there"


def load_plan(path: Path) -> Plan:
    """From the JSON file of a configuration with its defaults and its tables. UserError if it is
    damaged."""
    try:
        stored = read_json(path)
        return Plan(stored["config"], Tables(**stored["tables"]))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(f"{path}: cannot be read ({error}); delete it and rerun") from error


def _complete(plan: Plan, row: Row) -> bool:
    """Whether a video is there with all that the manifest tells of it."""
    reference, identity, *_ = row
    layout = plan.layout
    of_identity = ("keypoints", "masks")
    files = (
        *(layout.synthetic(*row), plan.labels(row)),
        *(layout.facts("reference", reference), layout.fit("reference", reference)),
        *(layout.facts("identity", identity), layout.fit("identity", identity)),
        *(layout.coverage(identity), layout.avatar(identity)),
        layout.feature("reference", reference, "keypoints"),
        *(layout.feature("identity", identity, name) for name in of_identity),
    )
    return all(Path(file).is_file() for file in files)


def _sources(plan: Plan, kind: str, ids: Iterable[str]) -> Sources:
    """What is known of the references, or of the identities, of the videos that are there."""
    layout, tables = plan.layout, plan.tables
    if kind == "reference":
        fits = {id_: Path(layout.fit(kind, id_)) for id_ in ids}
        made = {id_: [layout.feature(kind, id_, "keypoints"), layout.fit(kind, id_)] for id_ in ids}
    else:
        fits = {}
        made = {
            id_: [
                *(layout.feature(kind, id_, name) for name in ("keypoints", "masks")),
                layout.avatar(id_),
            ]
            for id_ in ids
        }
    return Sources(
        {"reference": tables.references, "identity": tables.identities}[kind],
        {id_: Path(layout.facts(kind, id_)) for id_ in ids},
        {id_: [Path(file) for file in files] for id_, files in made.items()},
        fits,
    )


def _reasons(absent: dict[str, Row], failures: list[Failure]) -> dict[str, str]:
    """Why each video that is not there is missing: its own failure, or what it waits for."""
    own = {failure.first: failure for failure in failures if failure.why}
    causes = [failure for failure in failures if failure.why and failure.first not in absent]
    return {video: _told(own.get(video), row, causes) for video, row in absent.items()}


def _told(own: Failure | None, row: Row, causes: list[Failure]) -> str:
    if own is not None:
        return f"{own.rule}: {own.why}"
    for failure in causes:
        if set(failure.subject.split(" × ")) <= set(row):
            return f"{failure.rule} {failure.subject}: {failure.why}"
    return "not made yet"
