"""A re-enactment before one background."""

from job import job

with job(snakemake):
    from understudy.scene.composite import CompositeSettings, composite_background
    from understudy.sources import record_path, remember

    told = snakemake.params
    composite_background(
        snakemake.input.rgba,
        told.image,
        snakemake.output[0],
        CompositeSettings(fit=told.fit, crf=told.crf),
    )
    id_ = snakemake.wildcards.background
    remember(record_path(told.records, "background", id_), id_, told.image, told.source)
