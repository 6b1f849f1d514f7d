"""133 keypoints of every frame."""

from job import job

with job(snakemake):
    from understudy.features.keypoints import extract_keypoints

    extract_keypoints(
        snakemake.input.video,
        snakemake.output[0],
        backend=snakemake.params.backend,
        people=snakemake.params.people,
    )
