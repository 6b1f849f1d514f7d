"""What docs/dataset.md says of the manifest, to compare with one that was written."""

import re
from pathlib import Path

import pandas as pd

PAGE = Path(__file__).resolve().parents[2] / "docs/dataset.md"
TYPES = {  # by pandas's letter for the kind of a column
    "O": "text",
    "i": "integer",
    "f": "number",
    "b": "true or false",
}


def told_columns() -> dict[str, str]:
    """Column -> type, in the order of the page."""
    section = PAGE.read_text(encoding="utf-8").split("## The manifest\n")[1]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+\. \| [^|]*\|$", section, re.MULTILINE)
    assert len(rows) == section.count("\n| `"), "a row of the page is not a row of the table"
    return dict(rows)


def columns_of(manifest: pd.DataFrame) -> dict[str, str]:
    """The same of a manifest."""
    return {name: TYPES[dtype.kind] for name, dtype in manifest.dtypes.items()}
