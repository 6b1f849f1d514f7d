"""A background photo with its horizon, floor and places to stand."""

from job import job

with job(snakemake):
    from pathlib import Path

    from understudy.report.rooms import sheet_background

    room, out = Path(snakemake.input.room), Path(snakemake.output[0])
    sheet_background(Path(snakemake.params.image), room, out)
