"""The contact sheet of one reference."""

from job import job

with job(snakemake):
    from understudy.report.sheets import group_reenactments, sheet_reference

    files = snakemake.input
    sheet_reference(
        files.video,
        files.keypoints,
        files.fit,
        files.body,
        group_reenactments(list(files.white), list(files.synthetic)),
        tuple(snakemake.params.planned),
        snakemake.output[0],
    )
