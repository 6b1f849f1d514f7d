"""The synthetic videos to look at first."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.report.worst import Told, sheet_worst

    files = snakemake.input
    columns = zip(snakemake.params.references, files.videos, files.fits, strict=True)
    told = {id_: Told(Path(video), Path(fit)) for id_, video, fit in columns}
    sheet_worst(Path(files.manifest), told, Path(snakemake.output[0]))
