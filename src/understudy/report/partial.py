"""The report of a run that did not finish, and its sheets, drawn from what exists."""

import sys
from dataclasses import replace
from pathlib import Path

from understudy.errors import UserError
from understudy.progress import progress
from understudy.report.inputs import Person, Reference, ReportInputs, read_inputs
from understudy.report.page import build_report
from understudy.report.sheets import group_reenactments, sheet_identity, sheet_reference

FOLDER = "partial"


def complete_sheets(inputs: ReportInputs, folder: Path) -> ReportInputs:
    """Draw into `folder` the sheets that were not made but whose video exists.

    Returns the inputs with these sheets in place. A sheet that cannot be drawn is left missing.
    """
    people, references = list(inputs.people), list(inputs.references)
    kinds = ((people, _person), (references, _reference))
    absent = [(group, i, draw) for group, draw in kinds for i in range(len(group))]
    absent = [(group, i, draw) for group, i, draw in absent if _drawable(group[i])]
    for group, i, draw in progress(absent[: inputs.most_sheets], "partial sheets", unit="sheet"):
        target = folder / FOLDER / f"{type(group[i]).__name__.lower()}_{group[i].id}.jpg"
        try:
            draw(group[i], target)
            group[i] = replace(group[i], sheet=str(target))
        except (UserError, OSError) as error:
            print(f"no sheet for {group[i].id}: {error}", file=sys.stderr)
    return replace(inputs, people=tuple(people), references=tuple(references))


def _drawable(subject: Person | Reference) -> bool:
    return not Path(subject.sheet).is_file() and Path(subject.parts.get("video", "")).is_file()


def _person(person: Person, target: Path) -> None:
    sheet_identity(**_paths(person.parts), out=target)


def _paths(parts: dict[str, str]) -> dict[str, Path]:
    return {name: Path(path) for name, path in parts.items()}


def _reference(reference: Reference, target: Path) -> None:
    made = [
        [path for path in map(Path, paths) if path.is_file()]
        for paths in (reference.white, reference.synthetic)
    ]
    people = len(reference.white)
    sheet_reference(
        **_paths(reference.parts),
        reenactments=group_reenactments(*made),
        planned=(people, len(reference.synthetic) // people if people else 0),
        out=target,
    )


def build_partial_report(source: Path, target: Path) -> None:
    """The report of what exists, after a failure; source: the JSON file that says what belongs to
    it. UserError if that is damaged."""
    build_report(complete_sheets(read_inputs(source), target.parent / "sheets"), target)
