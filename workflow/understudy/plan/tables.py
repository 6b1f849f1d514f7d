"""The tables a user writes, as plain dicts by id."""

from dataclasses import dataclass
from pathlib import Path

from understudy.errors import UserError
from understudy.quality.inputs import read_table


@dataclass(frozen=True)
class Tables:
    """Rows by id, in the tables' order: identities I, references T, backgrounds B, real videos."""

    identities: dict[str, dict]
    references: dict[str, dict]
    backgrounds: dict[str, dict]
    real: dict[str, dict]


def read_tables(paths: dict[str, str | None], labels: list[str], schemas: Path) -> Tables:
    """Read the tables that the configuration names; `real` may be null (no experiments).

    Raises UserError for a missing file, a wrong column or value, an unknown label, or a test
    video that is also a reference.
    """

    def rows(name: str) -> dict[str, dict]:
        if paths[name] is None:
            return {}
        schema = schemas / f"{name}.schema.yaml"
        return {row["id"]: row for row in read_table(Path(paths[name]), schema, labels)}

    tables = Tables(rows("identities"), rows("references"), rows("backgrounds"), rows("real"))
    leaked = {row["video"] for row in tables.references.values()} & {
        row["video"] for row in tables.real.values() if row["split"] == "test"
    }
    if leaked:
        raise UserError(
            f"{paths['real']}: {sorted(leaked)[0]} is a test video and also a reference: the "
            "recogniser would be tested on a motion that drove its synthetic training data; "
            "take it out of one table"
        )
    return tables
