"""Check each finished synthetic video, from its file alone."""

from job import job

with job(snakemake):
    from understudy.dataset.checks import check_videos
    from understudy.dataset.inputs import Synthetic
    from understudy.plan.layout import Layout

    files, told = snakemake.input, snakemake.params
    layout = Layout(**told.layout)

    def labels(row):
        return layout.labels(*row) if told.in_rooms else layout.white_labels(*row[:3])

    check_videos(
        [Synthetic(*row, layout.synthetic(*row), labels(row)) for row in told.rows],
        dict(zip(told.references, files.reference_facts, strict=True)),
        dict(zip(told.references, files.fits, strict=True)),
        told.images,
        dict(zip(told.unstated, files.people, strict=True)),
        told.resize,
        snakemake.output[0],
    )
