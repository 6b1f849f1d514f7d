"""The tables a user writes, as plain dicts by id."""

from dataclasses import dataclass
from pathlib import Path

from understudy.plan.tsv import read_table


@dataclass(frozen=True)
class Tables:
    """Rows by id: identities I, references T, backgrounds B, real videos. Sorted by id: the
    order of a table's rows changes nothing."""

    identities: dict[str, dict]
    references: dict[str, dict]
    backgrounds: dict[str, dict]
    real: dict[str, dict]


def read_tables(paths: dict[str, str | None], labels: list[str], schemas: Path) -> Tables:
    """Read the tables that the configuration names; `real` may be null (no experiments).

    Raises UserError for a missing file, a wrong column or value, or an unknown label.
    """

    def rows(name: str) -> dict[str, dict]:
        path = paths[name]
        if path is None:
            return {}
        schema = schemas / f"{name}.schema.yaml"
        read = {row["id"]: row for row in read_table(path, schema, labels)}
        return dict(sorted(read.items()))

    return Tables(rows("identities"), rows("references"), rows("backgrounds"), rows("real"))
