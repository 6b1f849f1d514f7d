"""A person of the demo world performs an action."""

from job import job

with job(snakemake):
    from understudy.demo.world import WorldSettings, make_clip

    make_clip(
        snakemake.input[0],
        snakemake.wildcards.action,
        int(snakemake.wildcards.style),
        snakemake.wildcards.room,
        snakemake.output.video,
        snakemake.output.truth,
        WorldSettings(**snakemake.params.settings),
    )
