"""A person of the demo world in poses that their identity video never shows."""

from job import job

with job(snakemake):
    from understudy.demo.world import WorldSettings, make_held_out

    make_held_out(
        snakemake.input[0],
        snakemake.wildcards.room,
        snakemake.output[0],
        WorldSettings(**snakemake.params.settings),
    )
