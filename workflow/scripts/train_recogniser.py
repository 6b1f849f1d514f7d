"""One recogniser, trained on real and synthetic videos and tested on real ones."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.plan.layout import Layout
    from understudy.plan.points import Point
    from understudy.recognition.lists import synthetic_clips, write_list
    from understudy.recognition.selection import Clip, choose_clips
    from understudy.recognition.settings import RecogniserSettings
    from understudy.recognition.train import train_recogniser

    told, made, seed = snakemake.params, snakemake.output, int(snakemake.wildcards.seed)
    point = Point(**told.point)
    pool = [Clip(*clip) for clip in told.real]  # those that the seed chose
    if point.n_synthetic:
        white = Layout(**told.layout).white if point.background == "white" else None
        checked = Path(snakemake.input.checked)
        pool += synthetic_clips(
            checked, told.references, seed, point.identities, point.views, white
        )
    write_list(made.train_list, choose_clips(pool, told.labels, "all", point.n_synthetic, seed))
    write_list(made.test_list, [Clip(*clip) for clip in told.test])
    train_recogniser(
        Path(made.train_list),
        Path(made.test_list),
        told.labels,
        Path(made.metrics).parent,
        RecogniserSettings.from_dict({**told.settings, **told.loading}),
        seed,
        device=told.device,
        about={
            "dataset": told.dataset,
            "model": snakemake.wildcards.model,
            "point": point.to_dict(),
        },
    )
