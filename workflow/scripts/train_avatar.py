"""One person as a drivable 3D Gaussian avatar."""

from job import job

with job(snakemake):
    from pathlib import Path

    from understudy.avatar.settings import TrainSettings
    from understudy.avatar.train import train_avatar

    train_avatar(
        snakemake.input.video,
        snakemake.input.masks,
        snakemake.input.depth,
        snakemake.input.fit,
        snakemake.input.body,
        Path(snakemake.output.avatar).parent,
        TrainSettings.from_config(snakemake.params.settings, snakemake.params.seed),
        snakemake.params.device,
    )
