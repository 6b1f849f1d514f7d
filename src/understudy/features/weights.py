"""The table of weights, config/weights.yaml: which file each back-end needs, and where to get it.

Kept light, since the rules read it too: checkpoints are opened by `networks.checkpoints`.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

from understudy.checkout import checkout

TABLE = "config/weights.yaml"  # in the checkout
NEEDED_BY = ("backends", "keys")


@dataclass(frozen=True)
class Weights:
    """One row. file: its name under the config's folder `weights`; backends: "feature/word" of
    those that need it; keys: the config's, dotted, that give its path instead; source: where to
    get it; bytes, sha256 (the first hex digits, or all): if publicly stated, else None; note: what
    else there is to say, or ""."""

    name: str
    file: str
    licence: str
    source: str
    backends: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    bytes: int | None = None
    sha256: str | None = None
    note: str = ""


@functools.cache
def weights_table(path: Path | None = None) -> dict[str, Weights]:
    """Name -> row, in the table's order; path: another table than the checkout's."""
    rows = yaml.safe_load((path or checkout() / TABLE).read_text(encoding="utf-8"))
    return {
        name: Weights(name, **{**row, **{key: tuple(row.get(key, ())) for key in NEEDED_BY}})
        for name, row in rows.items()
    }


def named_weights(config: dict) -> list[tuple[Weights, Path]]:
    """The rows whose files a checked configuration gives by a key of its own, and these files."""
    found = []
    for row in weights_table().values():
        for key in row.keys:
            *sections, last = key.split(".")
            path = functools.reduce(dict.__getitem__, sections, config)[last]
            found += [(row, Path(path))] if path else []
    return found


def weights_of(feature: str, backend: str) -> list[Weights]:
    """The rows that a back-end needs; none for an embedded one."""
    return [row for row in weights_table().values() if f"{feature}/{backend}" in row.backends]
