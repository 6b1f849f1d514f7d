"""Nothing in a release tells who made it where."""

import getpass
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from understudy.checkout import checkout
from understudy.errors import UserError

LEAST = 4  # characters of a name: a shorter one is found in any file by chance
COMMON = ("root", "user", "home", "localhost", "ubuntu", "debian")
CHUNK = 1 << 20


def refuse_private(folder: Path) -> None:
    """UserError for a file in which a path of this machine, its name or the user's stands."""
    words = [word.encode() for word in sorted(private_words())]
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (word := _told(path, words)):
            raise UserError(
                f"{path.name}: tells '{word.decode()}' of this machine; change the ids or texts of "
                "the tables or the config that hold it"
            )


def private_words() -> set[str]:
    """Paths and names of this machine that are told apart from chance."""
    folders = {str(checkout()), str(Path.home()), os.getcwd()}
    names = {_user(), socket.gethostname()}
    return {word for word in folders if word.count("/") > 1} | {
        name for name in names if len(name) >= LEAST and name not in COMMON
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        return ""


def _told(path: Path, words: list[bytes]) -> bytes | None:
    """The first of the words that stands in a file."""
    parts = _parts(path, max(map(len, words), default=0))
    return next((word for part in parts for word in words if word in part), None)


def _parts(path: Path, overlap: int) -> Iterator[bytes]:
    """A file in pieces, each with the end of the one before."""
    with path.open("rb") as stream:
        end = b""
        while piece := stream.read(CHUNK):
            yield end + piece
            end = piece[-overlap:]
