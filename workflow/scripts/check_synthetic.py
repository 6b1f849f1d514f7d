"""Each synthetic video looked at once more, from its file alone."""

from job import job

with job(snakemake):
    from understudy.dataset.checks import check_videos
    from understudy.dataset.inputs import Synthetic

    files, told = snakemake.input, snakemake.params
    check_videos(
        [Synthetic(*row, video) for row, video in zip(told.rows, told.videos, strict=True)],
        dict(zip(told.references, files.reference_facts, strict=True)),
        told.images,
        told.fit,
        snakemake.output[0],
    )
