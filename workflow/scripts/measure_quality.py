"""What may be wrong with each synthetic video of a reference."""

from job import job

with job(snakemake):
    from understudy.quality.measure import measure_quality

    files = snakemake.input
    measure_quality(
        files.fit,
        files.keypoints,
        files.body,
        dict(zip(snakemake.params.cast, files.fits, strict=True)),
        files.figures,
        snakemake.output[0],
    )
