"""How well an avatar shows the frames that were held out."""

from job import job

with job(snakemake):
    from understudy.avatar.evaluation.score import ScoreSettings, score_avatar

    files = snakemake.input
    score_avatar(
        files.avatar,
        files.trained,
        files.video,
        files.masks,
        files.fit,
        files.body,
        snakemake.output[0],
        ScoreSettings(**snakemake.params.settings),
        snakemake.params.device,
    )
