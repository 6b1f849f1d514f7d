"""Files: written whole or not at all; text, JSON and digests."""

import contextlib
import errno
import fcntl
import glob
import hashlib
import importlib.util
import json
import math
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from understudy.errors import UserError

# What a disk, a path or a file server may refuse, and what to do about it.
REFUSALS = {
    errno.ENOSPC: "no space left on the disk; free some and rerun",
    errno.EDQUOT: "the disk quota is used up; free some of it and rerun",
    errno.EFBIG: "the file system takes no file of this size; choose another for the results",
    errno.EROFS: "the file system is read-only; choose a folder that can be written to",
    errno.EACCES: "permission denied; check who owns the file and its folder, and their rights",
    errno.EPERM: "operation not permitted; check who owns the file and its folder",
    errno.ENAMETOOLONG: "the name is too long for the file system; shorten ids or folders",
    errno.ENOTDIR: "a part of this path is a file, not a folder; move it away",
    errno.EEXIST: "is there already, and is no folder; move it away",
    errno.EISDIR: "is a folder where a file is expected; move it away",
    errno.ELOOP: "symbolic links lead in a circle; mend them",
    errno.ESTALE: "the file server has replaced it (stale file handle); rerun",
    errno.EIO: "the disk or file server failed (input/output error); check it, then rerun",
    errno.ENOTCONN: "the file system is not connected; mount it again, then rerun",
    errno.ETIMEDOUT: "the file server does not answer; rerun when it does",
    errno.EHOSTDOWN: "the file server is down; rerun when it is up",
    errno.EMFILE: "too many open files; raise the limit (ulimit -n) and rerun",
    errno.ENFILE: "the machine has too many open files; rerun later",
}
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)  # met by each write
TOKEN = r"[0-9a-f]{8}"  # what makes the name of a temporary file its own


@contextlib.contextmanager
def atomic_path(target: Path | str) -> Iterator[Path]:
    """A temporary path next to `target` with the same suffix, renamed onto it on success.

    On any error the temporary file is removed and an older `target` is left as it was; what
    killed processes left behind of it is removed first. Rights are those of the umask. Raises
    UserError for what a disk or file server refuses (`REFUSALS`).
    """
    target = Path(target)
    with _refusals_told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_temporary(target)
        temporary, lock = _new_file(target)
        try:
            yield temporary
            # safetensors puts a file of its own there that only its owner can read.
            os.chmod(temporary, stat.S_IMODE(os.fstat(lock).st_mode))
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
            os.close(lock)


@contextlib.contextmanager
def scratch_path(target: Path | str) -> Iterator[Path]:
    """`atomic_path` of a large file that is written bit by bit: within a cluster's job that has a
    disk of its node ($TMPDIR), it is written there, and copied when it is whole."""
    scratch = os.environ.get("TMPDIR", "") if "SLURM_JOB_ID" in os.environ else ""
    if not os.access(scratch, os.W_OK):
        with atomic_path(target) as path:
            yield path
        return
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        path = Path(folder, Path(target).name)
        with _refusals_told(path):
            yield path
        with atomic_path(target) as whole:
            shutil.copyfile(path, whole)


def remove_temporary(target: Path | str) -> None:
    """Remove temporary files of `atomic_path` for `target` whose process is no longer there."""
    target = Path(target)
    for left in target.parent.glob(f".{glob.escape(target.stem)}.*{glob.escape(target.suffix)}"):
        if _is_temporary(left, target):
            with contextlib.suppress(OSError), left.open("rb") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while it is written
                left.unlink()


def _is_temporary(path: Path, target: Path) -> bool:
    name = rf"\.{re.escape(target.stem)}\.{TOKEN}{re.escape(target.suffix)}"
    return path.parent == target.parent and re.fullmatch(name, path.name) is not None


def _new_file(target: Path) -> tuple[Path, int]:
    """A new empty file for `target`, and a lock on it that ends with this process."""
    while True:
        path = target.with_name(f".{target.stem}.{secrets.token_hex(4)}{target.suffix}")
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        with contextlib.suppress(OSError):  # some file systems have no locks
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.exists():  # not taken for a leftover before it was locked
            return path, lock
        os.close(lock)


def refusal(error: Exception, target: Path | None = None) -> UserError | None:
    """What a disk or file server refused, as one line; None if the error is something else.

    target: the file that was being written, if any. It is told where the error names no file, and
    where a library raises an error of its own with the system's words in it (safetensors and FFmpeg
    do).
    """
    number = error.errno if isinstance(error, OSError) else None
    if number is None and target is not None:
        number = next((code for code in FULL if os.strerror(code) in str(error)), None)
    named = getattr(error, "filename", None)
    if target is not None and (named is None or _is_temporary(Path(named), target)):
        named = target
    if number not in REFUSALS or named is None:
        return None
    return UserError(f"{named}: {REFUSALS[number]}")


@contextlib.contextmanager
def _refusals_told(target: Path) -> Iterator[None]:
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if told := refusal(error, target):
            raise told from error
        raise


def write_text(target: Path | str, text: str) -> None:
    """Write UTF-8 text, whole or not at all."""
    with atomic_path(target) as path:
        path.write_text(text, encoding="utf-8")


def write_json(target: Path | str, value: object) -> None:
    """Write indented JSON with sorted keys, whole or not at all; NaN and infinity, which JSON does
    not have, as null."""
    text = json.dumps(_as_json(value), indent=2, sort_keys=True, allow_nan=False)
    write_text(target, text + "\n")


def _as_json(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


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
