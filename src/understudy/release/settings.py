"""Who publishes a release, what signs it and what form it has."""

from dataclasses import dataclass
from pathlib import Path

from understudy.errors import UserError


@dataclass(frozen=True)
class ReleaseSettings:
    """What a release needs besides the dataset."""

    creator: str | None = None
    """Who publishes the dataset; a release needs it."""
    url: str | None = None
    """Where it will be found; a release needs it."""
    certificate: str | None = None
    """PEM file: the publisher's certificate, with those above it, which signs the videos. Null: a
    self-made one."""
    key: str | None = None
    """PEM file: the certificate's key, without a password."""
    note: str | None = None
    """A line that every frame shows, such as AI-generated. Null: none."""
    shards_mb: float | None = None
    """Size of the tar shards of WebDataset, MB, at most. Null: a folder of videos."""


def publisher_of(settings: ReleaseSettings) -> tuple[str, str]:
    """The creator and the url. UserError, before anything is made, if one is not given, the
    certificate is given without its key or the key without it, or one of these is not there."""
    missing = [f"release.{key}" for key in ("creator", "url") if getattr(settings, key) is None]
    if settings.creator is None or settings.url is None:
        raise UserError(
            f"config: {' and '.join(missing)} must be given for a release: who publishes it "
            "(creator), and where it will be found (url)"
        )
    pair = {"certificate": settings.certificate, "key": settings.key}
    given = {name: path for name, path in pair.items() if path is not None}
    if len(given) == 1:
        raise UserError(
            f"config: only release.{next(iter(given))} is given; give both certificate and key, "
            "or neither"
        )
    for name, path in given.items():
        if not Path(path).is_file():
            raise UserError(f"config: release.{name}: {path}: no such file; correct the path")
    return settings.creator, settings.url
