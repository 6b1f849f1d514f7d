"""133 keypoints of every frame."""

from job import job

with job(snakemake):
    from understudy.features.keypoints import extract_keypoints
    from understudy.features.runtime import Runtime

    extract_keypoints(
        snakemake.input.video,
        snakemake.output[0],
        backend=snakemake.params.backend,
        runtime=Runtime.of(
            snakemake.params.device,
            snakemake.params.weights,
            snakemake.input.weights,
            snakemake.threads,
        ),
        people=snakemake.params.people,
    )
