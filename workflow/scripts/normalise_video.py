"""A source video brought to its constant size, length and frame rate."""

from job import job

with job(snakemake):
    from understudy.sources import record_path, remember
    from understudy.video.normalise import normalise_video
    from understudy.video.settings import NormaliseSettings

    told, made = snakemake.params, snakemake.output
    start, end = told.part
    settings = NormaliseSettings(**told.settings, start=start, end=end, mirror=told.mirror)
    normalise_video(told.path, made.video, made.facts, settings)
    id_ = snakemake.wildcards.id
    remember(record_path(told.records, told.kind, id_), id_, told.path, told.source)
