"""A page to look through all synthetic videos."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.gallery.write import write_gallery_of_dataset

    files, told = snakemake.input, snakemake.params
    films = {
        id_: (Path(video), Path(fit))
        for id_, video, fit in zip(told.references, files.videos, files.fits, strict=True)
    }
    page, scripts = snakemake.output[0], sum("/points/" in name for name in snakemake.output)
    write_gallery_of_dataset(told.title, Path(files.manifest), films, scripts, Path(page).parent)
