"""A person of the demo world turns around."""

from job import job

with job(snakemake):
    from understudy.demo.world import WorldSettings, make_identity

    make_identity(
        snakemake.input[0],
        snakemake.wildcards.room,
        snakemake.output.video,
        snakemake.output.truth,
        WorldSettings(**snakemake.params.settings),
    )
