"""The version of each file of the users that jobs read: the same as long as its content is.

A version names the state, size and time stamp, in which a content was first seen. While both are as
they were recorded (`understudy.sources`), or the file holds the same under others, the version
stays; only a file whose size or time stamp differ is read to be told. A file that cannot be read
today keeps its version, so that nothing made from it is stale and nothing is lost.
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

MISSING = "missing"  # the version of a file that nobody has seen
KEPT = "what was made from it is kept"
UNSEEN = "the jobs that need it will fail"


@dataclass
class Versions:
    """The versions at this moment; `folder` holds the records.

    told: a line for each file that cannot be read today. away: which of them were read before.
    """

    folder: str
    told: list[str] = field(default_factory=list)
    away: set[tuple[str, str]] = field(default_factory=set)
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, kind: str, id_: str, path: str) -> str:
        """The version of the file `path`, that the row `id_` of the table of `kind` names."""
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
        except (OSError, ValueError) as error:  # ValueError: a path that none can be
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
        """Files that were read to be told, a JSON list a line: path, size, time stamp, SHA-256."""
        return Path(self.folder, "read.jsonl")

    @cached_property
    def _read_before(self) -> dict[tuple, str]:
        try:
            lines = self._memory.read_text(encoding="utf-8").splitlines()
            return {tuple(key): digest for *key, digest in map(json.loads, lines)}
        except (OSError, ValueError, TypeError):
            return {}

    def _sha256(self, path: str, stat: os.stat_result) -> str:
        """A file's SHA-256; read once as long as its size and time stamp stay."""
        key = (path, stat.st_size, stat.st_mtime_ns)
        if key not in self._read_before:
            with open(path, "rb") as stream:
                self._read_before[key] = hashlib.file_digest(stream, "sha256").hexdigest()
            with contextlib.suppress(OSError), self._memory.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps([*key, self._read_before[key]]) + "\n")
        return self._read_before[key]


def _check_readable(kind: str, path: str) -> None:
    """UserError where a file that changed is, as yet, no image or video."""
    # Only where a file changed: with these comes NumPy, which planning does without.
    if kind == "background":
        from understudy.scene.images import open_image

        open_image(path)
    else:
        from understudy.video.probe import probe

        probe(path)
