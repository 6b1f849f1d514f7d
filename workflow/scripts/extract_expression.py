"""The expression feature of every frame."""

from job import job

with job(snakemake):
    from understudy.features.expression import extract_expression
    from understudy.features.runtime import Runtime
    from understudy.observation.settings import ReadingSettings

    extract_expression(
        snakemake.input.video,
        snakemake.input.keypoints,
        snakemake.input.body,
        snakemake.output[0],
        backend=snakemake.params.backend,
        runtime=Runtime.of(
            snakemake.params.device,
            snakemake.params.weights,
            snakemake.input.weights,
            snakemake.threads,
        ),
        reading=ReadingSettings(**snakemake.params.reading),
    )
