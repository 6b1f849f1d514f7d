"""One person's avatar, as ExAvatar's own code trained it."""

from job import job

with job(snakemake):
    from pathlib import Path

    from understudy.avatar.released.convert import convert_released
    from understudy.sources import record_path, remember

    told, files = snakemake.params, snakemake.input
    convert_released(
        told.snapshot,
        told.video,
        files.video,
        files.masks,
        files.fit,
        files.body,
        Path(snakemake.output.avatar).parent,
        told.size,
    )
    identity = snakemake.wildcards.identity
    record = record_path(told.records, "avatar", identity)
    remember(record, identity, told.snapshot, told.source)
