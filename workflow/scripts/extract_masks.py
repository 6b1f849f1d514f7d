"""The person mask of every frame."""

from job import job

with job(snakemake):
    from understudy.features.masks import extract_masks

    extract_masks(
        snakemake.input.video,
        snakemake.input.keypoints,
        snakemake.output[0],
        backend=snakemake.params.backend,
    )
