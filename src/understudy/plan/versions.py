"""The version of each user file that jobs read: the same as long as its content is.

A version is the size and timestamp with which a content was first seen. While both are as recorded
(`understudy.sources`), or the file has the same content under others, the version stays; only a
file whose size or timestamp differs is read to find out. A file that cannot be read at the moment
keeps its version, so that nothing made from it becomes stale or is lost.
"""

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from understudy.errors import UserError
from understudy.sources import Record, read_records, record_path

MISSING = "missing"  # the version of a file that was never seen
KEPT = "what was made from it is kept"
UNSEEN = "the jobs that need it will fail"


@dataclass
class Versions:
    """The versions at this moment; `folder` holds the records.

    told: a line for each file that cannot be read now. away: which of them were read before.
    """

    folder: str
    told: list[str] = field(default_factory=list)
    away: set[tuple[str, str]] = field(default_factory=set)
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, kind: str, id_: str, path: str) -> str:
        """The version of the file `path`, named by the row `id_` of the table of `kind`."""
        if (kind, id_) not in self._known:
            self._known[kind, id_] = self._version(kind, id_, path)
        return self._known[kind, id_]

    def _version(self, kind: str, id_: str, path: str) -> str:
        known = self._real if kind == "real" else read_records(record_path(self.folder, kind, id_))
        record = known.get(id_)
        try:
            stat = os.stat(path)
            seen = f"{stat.st_size}-{stat.st_mtime_ns}"
            if record is None:
                return seen
            if record.is_of(stat) or self._sha256(path, stat) == record.sha256:
                return record.version
            _check_readable(kind, path)
        except (OSError, ValueError) as error:  # ValueError: an impossible path
            reason = getattr(error, "strerror", None) or str(error)
            self.told.append(f"{path}: {reason.lower()}; {KEPT if record else UNSEEN}")
        except UserError as error:
            self.told.append(f"{error}; until then {KEPT}")
        else:
            return seen
        if record is None:
            return MISSING
        self.away.add((kind, id_))
        return record.version

    @cached_property
    def _real(self) -> dict[str, Record]:
        return read_records(record_path(self.folder, "real", ""))

    @property
    def _memory(self) -> Path:
        """The files that had to be read, one JSON list per line: path, size, timestamp, SHA-256."""
        return Path(self.folder, "read.jsonl")

    @cached_property
    def _read_before(self) -> dict[tuple, str]:
        try:
            lines = self._memory.read_text(encoding="utf-8").splitlines()
            return {tuple(key): digest for *key, digest in map(json.loads, lines)}
        except (OSError, ValueError, TypeError):
            return {}

    def _sha256(self, path: str, stat: os.stat_result) -> str:
        """A file's SHA-256; read once as long as its size and timestamp stay."""
        key = (path, stat.st_size, stat.st_mtime_ns)
        if key not in self._read_before:
            with open(path, "rb") as stream:
                self._read_before[key] = hashlib.file_digest(stream, "sha256").hexdigest()
            with contextlib.suppress(OSError), self._memory.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps([*key, self._read_before[key]]) + "\n")
        return self._read_before[key]


def _check_readable(kind: str, path: str) -> None:
    """UserError if a changed file is not, or not yet, an image or video. An avatar is read by its
    job alone, which takes long."""
    if kind == "avatar":
        return
    # Only if a file changed: these import NumPy, which planning does without.
    if kind == "background":
        from understudy.video.image import open_image

        open_image(path)
    else:
        from understudy.video.probe import probe

        probe(path)
