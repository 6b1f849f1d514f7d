"""Records of the users' files that jobs read, so that only changed content makes outputs stale.

A record is kept apart from what was made from the file, and is written by the job that made it.
Kept light, since the rules read it too.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from understudy.errors import UserError


@dataclass(frozen=True)
class Record:
    """A file as a job read it: size in bytes, time stamp in ns, SHA-256 (64 hex digits), and the
    version under which that content is known."""

    size: int
    mtime_ns: int
    sha256: str
    version: str

    def is_of(self, stat: os.stat_result) -> bool:
        """Whether a file's size and time stamp match the record."""
        return (self.size, self.mtime_ns) == (stat.st_size, stat.st_mtime_ns)


def record_path(folder: Path | str, kind: str, id_: str) -> str:
    """The file in the folder of records where the job that reads a source of that kind records it;
    the real videos share one file."""
    return f"{folder}/real.json" if kind == "real" else f"{folder}/{kind}/{id_}.json"


def read_records(path: Path | str) -> dict[str, Record]:
    """Id -> record; empty if the file is missing or damaged."""
    try:
        stored = json.loads(Path(path).read_text(encoding="utf-8"))
        return {id_: Record(**fields) for id_, fields in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def remember(path: Path | str, id_: str, source: Path | str, version: str | None) -> None:
    """Record in the file `path` that `source` was read as `version`; None: it is the workflow's
    own, and Snakemake tracks it."""
    if version is not None:
        remember_all(path, {id_: (source, version)})


def remember_all(path: Path | str, sources: dict[str, tuple[Path | str, str]]) -> None:
    """Record the version as which each source, by id, was read; other records stay.

    So does one with the same version but other content: the file changed in the middle of a run,
    and what was made from the old content must be told apart from what was made from the new.
    Raises UserError for a source that no longer exists.
    """
    from understudy.files import sha256, write_json  # imports NumPy, which planning does without

    known = read_records(path)
    kept = dict(known)
    for id_, (source, version) in sources.items():
        try:
            stat = os.stat(source)
            found = Record(stat.st_size, stat.st_mtime_ns, sha256(source), version)
        except OSError as error:
            reason = error.strerror or str(error)
            raise UserError(f"{source}: was read, but is gone now ({reason}); rerun") from error
        before = known.get(id_)
        if before is None or before.version != version or before.sha256 == found.sha256:
            kept[id_] = found
    if kept != known:
        write_json(path, {id_: asdict(record) for id_, record in kept.items()})
