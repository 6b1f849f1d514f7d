"""One recogniser, trained on real and synthetic videos and tested on real ones."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.recognition.lists import pools, write_list
    from understudy.recognition.selection import choose_clips
    from understudy.recognition.settings import RecogniserSettings
    from understudy.recognition.train import train_recogniser

    told, chosen, made = snakemake.params, snakemake.wildcards, snakemake.output

    def count(text):
        return text if text == "all" else int(text)

    train, tests = pools(told.real, snakemake.input.get("manifest"))
    numbers = (count(chosen.n_real), count(chosen.n_synthetic), int(chosen.seed))
    write_list(made.train_list, choose_clips(train, told.labels, *numbers))
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
