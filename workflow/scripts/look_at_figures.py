"""What is seen of the figure in each synthetic video of a reference."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.features.runtime import Runtime
    from understudy.quality.figure import Made, look_at_figures

    files, told = snakemake.input, snakemake.params
    look_at_figures(
        [
            Made(*row[1:], Path(video), Path(labels))
            for row, video, labels in zip(told.rows, told.videos, told.labels, strict=True)
        ],
        told.backend,
        # A few frames of each video, beside Snakemake: no GPU is worth waiting for.
        Runtime.of("cpu", told.weights, files.weights, snakemake.threads),
        snakemake.output[0],
    )
