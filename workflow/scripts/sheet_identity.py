"""The contact sheet of one person."""

from job import job

with job(snakemake):
    from understudy.report.sheets import sheet_identity

    sheet_identity(**dict(snakemake.input.items()), out=snakemake.output[0])
