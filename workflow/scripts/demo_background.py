"""A room of the demo world, empty."""

from job import job

with job(snakemake):
    from understudy.demo.background import make_background

    make_background(snakemake.wildcards.room, snakemake.output[0], **snakemake.params.settings)
