"""A reference and its first composites, looping side by side."""

from job import job

with job(snakemake):
    from understudy.report.preview import make_preview

    files = snakemake.input
    make_preview(files.video, files.fit, list(files.synthetic), snakemake.output[0])
