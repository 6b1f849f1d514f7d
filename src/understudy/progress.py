"""Progress bars for long jobs: on the terminal or in the job's log, never in data."""

from collections.abc import Iterable
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def progress(
    items: Iterable[Item], title: str, total: int | None = None, unit: str = "frame"
) -> "tqdm[Item]":
    """Iterate with a bar on stderr; at most two lines per second if stderr is a file."""
    return tqdm(items, desc=title, total=total, unit=unit, mininterval=0.5, dynamic_ncols=True)
