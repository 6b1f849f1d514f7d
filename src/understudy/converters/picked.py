"""References that were picked by hand, as in section 4.2 of the paper: a list of their names."""

from collections.abc import Iterable
from pathlib import Path

from understudy.converters.folders import VIDEOS
from understudy.converters.recordings import EITHER, Dataset, Recording, plain_id
from understudy.errors import UserError

NTU_SUFFIX = "_rgb"  # of NTU's files, not of its recordings


def picked_references(
    listed: Path, recordings: Iterable[Recording], dataset: Dataset, protocol: str
) -> frozenset[str]:
    """The ids of the recordings that a list names, one a line, as files or recordings are named.

    Raises UserError for a name that is not there, is of another class, or may not be trained on.
    """
    by_name: dict[str, Recording] = {}
    for recording in recordings:
        names = (recording.id, recording.id.removesuffix(NTU_SUFFIX))
        by_name |= dict.fromkeys(names, recording)
    picked = set()
    for name in read_names(listed):
        one = by_name.get(_id(name))
        if one is None:
            raise absent(listed, name)
        if one.label not in dataset.labels:
            raise UserError(f"{listed}: {name} is of a class that is not used; leave it out")
        if dataset.protocols[protocol](one) not in ("train", EITHER):
            raise UserError(
                f"{listed}: {name} may not be trained on in protocol {protocol}; pick another"
            )
        picked.add(one.id)
    return frozenset(picked)


def read_names(listed: Path) -> list[str]:
    """The names in a list, one a line; lines that begin with # are comments.

    Raises UserError for an unreadable or empty list.
    """
    try:
        lines = listed.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise UserError(
            f"{listed}: not a readable list; give a file with one name a line"
        ) from error
    names = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not names:
        raise UserError(f"{listed}: names nothing; give one name a line")
    return names


def absent(listed: Path, name: str) -> UserError:
    """A listed name that is not there."""
    return UserError(f"{listed}: the folder has no '{name}'; correct the list")


def _id(name: str) -> str:
    """The id that a file's name or path gives, with its suffix or without."""
    name = Path(name).name
    suffix = Path(name).suffix
    return plain_id(name.removesuffix(suffix) if suffix.lower() in VIDEOS else name)
