"""Files: written whole or not at all; text, JSON and digests."""

import contextlib
import errno
import glob
import hashlib
import importlib.util
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from understudy.errors import UserError


@contextlib.contextmanager
def atomic_path(target: Path | str) -> Iterator[Path]:
    """A temporary path next to `target` with the same suffix, renamed onto it on success.

    On any error the temporary file is removed and an older `target` is left as it was.
    Raises UserError when the disk is full.
    """
    target = Path(target)
    with _full_disk_told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.stem}.", suffix=target.suffix
        )
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o644)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)


def temporary_paths(target: Path | str) -> list[Path]:
    """Temporary files of `atomic_path` for `target` that a killed process left behind."""
    target = Path(target)
    return list(target.parent.glob(f".{glob.escape(target.stem)}.*{target.suffix}"))


@contextlib.contextmanager
def _full_disk_told(target: Path) -> Iterator[None]:
    """A full disk as a UserError, whatever a library raises for it (safetensors: no OSError)."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        full = isinstance(error, OSError) and error.errno == errno.ENOSPC
        if full or os.strerror(errno.ENOSPC) in str(error):
            raise UserError(f"{target}: no space left on the disk; free some and rerun") from error
        raise


def write_text(target: Path | str, text: str) -> None:
    """Write UTF-8 text, whole or not at all."""
    with atomic_path(target) as path:
        path.write_text(text, encoding="utf-8")


def write_json(target: Path | str, value: object) -> None:
    """Write indented JSON with sorted keys, whole or not at all."""
    write_text(target, json.dumps(value, indent=2, sort_keys=True) + "\n")


def read_json(path: Path | str) -> dict:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def package_folder(name: str) -> Path:
    """The folder of an installed package, which is not imported."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise UserError(f"{name}: the package is not installed; run make install")
    return Path(spec.origin).parent


def sha256(path: Path | str) -> str:
    """A file's SHA-256 as 64 hex digits."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_digest(path: Path | str) -> str:
    """The first 12 hex digits of a file's SHA-256: its identity in metadata and manifests."""
    return sha256(path)[:12]
