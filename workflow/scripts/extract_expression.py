"""The expression feature of every frame."""

from job import job

with job(snakemake):
    from understudy.features.expression import extract_expression

    extract_expression(
        snakemake.input.keypoints,
        snakemake.input.body,
        snakemake.output[0],
        backend=snakemake.params.backend,
    )
