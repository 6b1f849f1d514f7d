"""The embedded CC0 body as an SMPL-X-format file."""

from job import job

with job(snakemake):
    from understudy.body.build import build_body

    build_body(snakemake.output[0], seed=snakemake.params.seed)
