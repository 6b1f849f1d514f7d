"""Working directories of any size: tables, empty source videos and images, a config."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Shape:
    """How many references, identities, and backgrounds per pair (of twice as many images)."""

    references: int
    identities: int
    per_pair: int = 3

    @property
    def outputs(self) -> int:
        return self.references * self.identities * self.per_pair


def write_world(folder: Path, shape: Shape) -> None:
    """config.yaml and tables of the workflow, as its user would write them."""
    _write_table(
        folder, "references", "video", _files(folder, "reference", shape.references), "bow"
    )
    _write_table(folder, "identities", "video", _files(folder, "identity", shape.identities))
    images = _files(folder, "background", 2 * shape.per_pair)
    _write_table(folder, "backgrounds", "image", images)
    config = {
        "labels": ["bow"],
        "device": "cuda",
        "tables": {name: f"{name}.tsv" for name in ("identities", "references", "backgrounds")},
        "backgrounds": {"per_pair": shape.per_pair},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


def write_sources(folder: Path, shape: Shape) -> None:
    """The source files of the mock workflow."""
    counts = {
        "reference": shape.references,
        "identity": shape.identities,
        "background": shape.per_pair,
    }
    for kind, count in counts.items():
        list(_files(folder, kind, count))


def _files(folder: Path, kind: str, count: int) -> Iterable[Path]:
    """Create data/{kind}/{letter}{number}, empty."""
    suffix = ".png" if kind == "background" else ".mp4"
    for number in range(count):
        path = Path("data", kind, f"{kind[0]}{number:04d}{suffix}")
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
        yield path


def _write_table(
    folder: Path, name: str, column: str, files: Iterable[Path], label: str | None = None
) -> None:
    rows = [["id", column] + (["label"] if label else [])]
    rows += [[path.stem, str(path)] + ([label] if label else []) for path in files]
    (folder / f"{name}.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
