"""A re-enactment over one background."""

from job import job

with job(snakemake):
    from understudy.scene.composite import composite_background
    from understudy.scene.settings import CompositeSettings
    from understudy.sources import record_path, remember

    told, id_ = snakemake.params, snakemake.wildcards.background
    image, records = told.files
    settings = CompositeSettings(**told.settings)
    composite_background(snakemake.input.rgba, image, snakemake.output[0], settings)
    remember(record_path(records, "background", id_), id_, image, told.source)
