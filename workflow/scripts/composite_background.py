"""A re-enactment before one background."""

from job import job

with job(snakemake):
    from understudy.scene.composite import CompositeSettings, composite_background
    from understudy.sources import remember

    told = snakemake.params
    composite_background(
        snakemake.input.rgba,
        told.image,
        snakemake.output[0],
        CompositeSettings(fit=told.fit, crf=told.crf),
    )
    remember(told.record, snakemake.wildcards.background, told.image, told.source)
