"""The person mask of every frame."""

from job import job

with job(snakemake):
    from understudy.features.masks import extract_masks
    from understudy.features.runtime import Runtime

    extract_masks(
        snakemake.input.video,
        snakemake.input.keypoints,
        snakemake.output[0],
        backend=snakemake.params.backend,
        runtime=Runtime.of(
            snakemake.params.device,
            snakemake.params.weights,
            snakemake.input.weights,
            snakemake.threads,
        ),
    )
