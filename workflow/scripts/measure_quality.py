"""What may be wrong with each synthetic video of a reference."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.quality.measure import Cast, measure_quality

    files = snakemake.input
    cast = zip(snakemake.params.cast, files.fits, files.metrics, strict=True)
    measure_quality(
        files.fit,
        files.keypoints,
        files.body,
        {id_: Cast(Path(fit), Path(metrics)) for id_, fit, metrics in cast},
        files.figures,
        snakemake.output[0],
    )
