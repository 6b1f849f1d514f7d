"""Depth maps in the scale of the fitted body."""

from job import job

with job(snakemake):
    from understudy.features.depth import extract_depth
    from understudy.features.runtime import Runtime

    extract_depth(
        snakemake.input.video,
        snakemake.input.masks,
        snakemake.input.fit,
        snakemake.input.body,
        snakemake.output[0],
        backend=snakemake.params.backend,
        relation=snakemake.params.relation,
        runtime=Runtime.of(
            snakemake.params.device,
            snakemake.params.weights,
            snakemake.input.weights,
            snakemake.threads,
        ),
    )
