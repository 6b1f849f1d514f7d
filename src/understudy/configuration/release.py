"""The configuration's `release`: the dataset for others."""

from understudy.configuration.kinds import Address, File, Positive, Section, Text
from understudy.release.settings import ReleaseSettings


class Release(Section):
    """Who publishes the dataset, and how; needed only where a release is asked for."""

    of = ReleaseSettings

    creator: Text | None = ReleaseSettings.creator
    url: Address | None = ReleaseSettings.url
    certificate: File | None = ReleaseSettings.certificate
    key: File | None = ReleaseSettings.key
    note: Text | None = ReleaseSettings.note
    shards_mb: Positive | None = ReleaseSettings.shards_mb
