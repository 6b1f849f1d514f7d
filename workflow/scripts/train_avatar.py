"""One person as a drivable 3D Gaussian avatar."""

from job import job

with job(snakemake):
    from pathlib import Path

    from understudy.avatar.training.settings import TrainSettings
    from understudy.avatar.training.train import train_avatar

    told = snakemake.params
    train_avatar(
        snakemake.input.video,
        snakemake.input.masks,
        snakemake.input.depth,
        snakemake.input.fit,
        snakemake.input.body,
        Path(snakemake.output.avatar).parent,
        TrainSettings.from_config(told.settings, told.seed, told.checkpoint_seconds),
        told.device,
    )
