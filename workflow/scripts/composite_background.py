"""A re-enactment before one background."""

from job import job

with job(snakemake):
    from understudy.scene.composite import CompositeSettings, composite_background

    composite_background(
        snakemake.input.rgba,
        snakemake.params.background,
        snakemake.output[0],
        CompositeSettings(fit=snakemake.params.fit, crf=snakemake.params.crf),
    )
