"""Write a release as the configuration says."""

from datetime import date
from pathlib import Path

from understudy.release.certificates import make_credentials, read_credentials
from understudy.release.croissant import About
from understudy.release.release import write_release
from understudy.release.settings import ReleaseSettings, publisher_of

MB = 1e6  # bytes


def publish(
    dataset: Path, name: str, licence: str, settings: ReleaseSettings, out: Path
) -> list[str]:
    """Write a release of today into `out`, as `write_release` does; returns its lines.

    dataset: the folder of manifest.parquet; name and licence: of the release. UserError as
    `publisher_of`, `read_credentials` and `write_release` raise it.
    """
    creator, url = publisher_of(settings)
    if settings.certificate is None or settings.key is None:
        credentials = make_credentials(creator)
    else:
        credentials = read_credentials(Path(settings.certificate), Path(settings.key))
    about = About(name, licence, creator, url, date.today().isoformat())
    shard_bytes = None if settings.shards_mb is None else int(settings.shards_mb * MB)
    return write_release(dataset, about, out, credentials, shard_bytes, settings.note)
