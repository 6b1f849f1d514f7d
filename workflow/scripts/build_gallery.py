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
    made = [Path(name) for name in snakemake.output]
    scripts = sum(path.parent.name == "points" for path in made)
    write_gallery_of_dataset(told.title, Path(files.manifest), films, scripts, made[0].parent)
