"""The tables a user writes: tab-separated, checked against their schema, errors by file and line.

Imported when the workflow is read, so it stays light.
"""

import difflib
import functools
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import jsonschema
import yaml

from understudy.errors import UserError

SCHEMA_DRAFT = jsonschema.Draft202012Validator
NUMBERS = {"number": float, "integer": int}


def read_table(
    path: Path | str, schema: Path | str, labels: Collection[str] | None = None
) -> list[dict]:
    """The rows of a tab-separated table, in its order, as {column: value}; empty cells left out.

    `schema` is the JSON schema (YAML) of one row: its properties are the columns. Where it has
    a column `label`, the value must be one of `labels` (None: any). Lines that are empty or
    begin with # are skipped.

    Raises UserError, one line with file and line number, for: a missing or empty table, one
    without tabs, unknown, repeated or missing columns, wrong or missing values, repeated ids,
    an `end` that is not after `start`, an unknown label.
    """
    path, table = Path(path), _table_schema(Path(schema))
    lines = _lines(path)
    if not lines:
        raise UserError(f"{path}: is empty; start with a line of column names: {table.names}")
    number, header = lines[0]
    columns = _checked_header(f"{path}:{number}", header, table)
    rows: list[dict] = []
    seen: dict[str, int] = {}  # id -> line
    for number, line in lines[1:]:
        where = f"{path}:{number}"
        row = _typed_row(where, columns, line, table)
        _check_row(where, row, table, labels)
        if row["id"] in seen:
            raise UserError(
                f"{where}: id '{row['id']}' already appears in line {seen[row['id']]}; "
                "give every row its own id"
            )
        seen[row["id"]] = number
        rows.append(row)
    if not rows:
        raise UserError(f"{path}: has no rows below the column names; add at least one")
    return rows


@dataclass(frozen=True)
class TableSchema:
    """columns: a JSON schema by column name; required: columns that every row must fill."""

    columns: dict[str, dict]
    required: list[str]
    validator: jsonschema.protocols.Validator

    @property
    def names(self) -> str:
        return ", ".join(self.columns)


@functools.cache
def _table_schema(path: Path) -> TableSchema:
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))
    SCHEMA_DRAFT.check_schema(schema)
    return TableSchema(schema["properties"], schema["required"], SCHEMA_DRAFT(schema))


def _lines(path: Path) -> list[tuple[int, str]]:
    """(line number from 1, text) of the lines that count."""
    if not path.is_file():
        raise UserError(f"{path}: no such table; check the path in the configuration")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is not UTF-8 text; save it as tab-separated UTF-8") from error
    # Not str.splitlines: it also breaks at characters that may occur in a cell.
    numbered = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1)
    return [(n, line) for n, line in numbered if line.strip() and not line.startswith("#")]


def _checked_header(where: str, line: str, table: TableSchema) -> list[str]:
    columns = [name.strip() for name in line.split("\t")]
    if len(columns) == 1 and ("," in line or ";" in line or " " in line.strip()):
        raise UserError(f"{where}: columns are not separated by tabs; save it as .tsv")
    for name in columns:
        if name not in table.columns:
            raise UserError(
                f"{where}: unknown column '{name}'{_hint(name, table.columns)}; "
                f"known columns: {table.names}"
            )
        if columns.count(name) > 1:
            raise UserError(f"{where}: column '{name}' appears twice; remove one")
    for name in table.required:
        if name not in columns:
            raise UserError(f"{where}: column '{name}' is missing; add it")
    return columns


def _typed_row(where: str, columns: list[str], line: str, table: TableSchema) -> dict:
    """Cells in their schema's types and order; what is not a number stays text, for the schema to
    refuse."""
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) > len(columns):
        raise UserError(
            f"{where}: has {len(cells)} cells for {len(columns)} columns; remove a tab or a cell"
        )
    filled = {name: cell for name, cell in zip(columns, cells, strict=False) if cell}
    return {
        name: _path(filled[name])
        if column.get("format") == "path"
        else _number(filled[name], NUMBERS.get(column.get("type", ""), str))
        for name, column in table.columns.items()
        if name in filled
    }


def _path(cell: str) -> str:
    """A relative path without `./` and `//`: however it is written, its jobs are the same."""
    return cell if "://" in cell else str(PurePosixPath(cell))


def _number(cell: str, kind: type) -> object:
    try:
        value = kind(cell)
    except ValueError:
        return cell
    # "nan" and "inf" are floats to Python but no seconds to anyone.
    return cell if kind is float and value - value != 0 else value


def _check_row(where: str, row: dict, table: TableSchema, labels: Collection[str] | None) -> None:
    for name in table.required:
        if name not in row:
            raise UserError(f"{where}: column '{name}' is empty; fill it in")
    error = next(table.validator.iter_errors(row), None)
    if error is not None:
        raise UserError(f"{where}: {_told(error, table)}")
    if "start" in row and "end" in row and row["end"] <= row["start"]:
        raise UserError(
            f"{where}: end {row['end']:g} is not after start {row['start']:g}; correct one"
        )
    if labels is not None and "label" in row and row["label"] not in labels:
        raise UserError(
            f"{where}: unknown label '{row['label']}'{_hint(row['label'], labels)}; add it to "
            f"the configuration's labels or use one of: {', '.join(labels)}"
        )


def _told(error: jsonschema.ValidationError, table: TableSchema) -> str:
    column, value = error.absolute_path[0], error.instance
    wanted = {
        "enum": lambda: f"use one of: {', '.join(map(str, error.validator_value))}",
        "type": lambda: f"give a {error.validator_value}",
        "minimum": lambda: f"it must be at least {error.validator_value}",
        "exclusiveMinimum": lambda: f"it must be above {error.validator_value}",
    }.get(error.validator, lambda: table.columns[column]["description"].rstrip("."))
    return f"{column} '{value}' cannot be used; {wanted()}"


def _hint(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f", did you mean '{close[0]}'?" if close else ""
