"""Body and camera parameters of a whole video."""

from job import job

with job(snakemake):
    from understudy.fitting.fit import fit_body
    from understudy.fitting.settings import FitSettings

    fit_body(
        snakemake.input.keypoints,
        snakemake.input.expression,
        snakemake.input.hands,
        snakemake.input.body,
        snakemake.output[0],
        FitSettings.from_dict(snakemake.params.settings),
    )
