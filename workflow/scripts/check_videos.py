"""Check each finished synthetic video of a reference, from its file alone."""

from job import job

with job(snakemake):
    from understudy.dataset.checks import check_videos
    from understudy.dataset.inputs import Synthetic

    files, told = snakemake.input, snakemake.params
    reference = snakemake.wildcards.reference
    check_videos(
        [
            Synthetic(*row, video, labels)
            for row, video, labels in zip(told.rows, files.videos, told.labels, strict=True)
        ],
        {reference: files.facts},
        {reference: files.fit},
        told.images,
        dict(zip(told.unstated, files.people, strict=True)),
        told.resize,
        snakemake.output[0],
    )
