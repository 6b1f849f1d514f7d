"""One recogniser, trained on real and synthetic videos and tested on real ones."""

from pathlib import Path

from job import job

with job(snakemake):
    import pandas as pd

    from understudy.recognition.lists import write_list
    from understudy.recognition.selection import Clip, choose_clips
    from understudy.recognition.settings import RecogniserSettings
    from understudy.recognition.train import train_recogniser

    told, chosen, made = snakemake.params, snakemake.wildcards, snakemake.output

    def count(text):
        return text if text == "all" else int(text)

    rows = list(told.real.values())
    pool = [Clip(row["video"], row["label"]) for row in rows if row["split"] == "train"]
    if snakemake.input.manifest:
        manifest = pd.read_parquet(snakemake.input.manifest)
        usable = manifest[manifest.passed]
        pool += [
            Clip(path, label, "synthetic")
            for path, label in zip(usable.video, usable.label, strict=True)
        ]
    numbers = (count(chosen.n_real), count(chosen.n_synthetic), int(chosen.seed))
    write_list(made.train_list, choose_clips(pool, told.labels, *numbers))
    tests = [Clip(row["video"], row["label"]) for row in rows if row["split"] == "test"]
    write_list(made.test_list, tests)
    train_recogniser(
        Path(made.train_list),
        Path(made.test_list),
        told.labels,
        Path(made.metrics).parent,
        RecogniserSettings.from_dict(told.settings),
        int(chosen.seed),
        dataset=told.dataset,
        name=chosen.model,
    )
