"""What signs videos is not installed for everybody."""

from collections.abc import Iterator
from contextlib import contextmanager

from understudy.errors import UserError


@contextmanager
def needs_signing() -> Iterator[None]:
    """Import what signs videos here: UserError if a package for that is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        told = f"videos are signed with {error.name}, which is not installed: make signing"
        raise UserError(told) from error
