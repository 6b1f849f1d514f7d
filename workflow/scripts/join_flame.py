"""The user's SMPL-X and FLAME in one body file."""

from job import job

with job(snakemake):
    from understudy.body.flame import join_flame

    join_flame(
        snakemake.input.body,
        snakemake.input.flame,
        snakemake.input.vertex_ids,
        snakemake.output[0],
    )
