"""The hands feature of every frame."""

from job import job

with job(snakemake):
    from understudy.features.hands import extract_hands

    extract_hands(
        snakemake.input.keypoints,
        snakemake.input.body,
        snakemake.output[0],
        backend=snakemake.params.backend,
    )
