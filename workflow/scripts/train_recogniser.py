"""One recogniser, trained on real and synthetic videos and tested on real ones."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.files import read_json
    from understudy.recognition.settings import RecogniserSettings
    from understudy.recognition.train import train_recogniser

    files, told = snakemake.input, snakemake.params
    recipe = read_json(files.recipe)
    train_recogniser(
        Path(files.train),
        Path(files.test),
        recipe["labels"],
        Path(snakemake.output.metrics).parent,
        RecogniserSettings.from_dict({**recipe["settings"], **told.loading}),
        int(snakemake.wildcards.seed),
        device=told.device,
        about=recipe["about"],
    )
