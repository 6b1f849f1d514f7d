"""Body and camera parameters of a whole video."""

from job import job

with job(snakemake):
    from understudy.fitting.fit import fit_body
    from understudy.fitting.flags import FlagSettings, check_fit
    from understudy.fitting.settings import FitSettings

    settings = dict(snakemake.params.settings)
    preset = settings.pop("preset")
    fit_body(
        snakemake.input.keypoints,
        snakemake.input.expression,
        snakemake.input.hands,
        snakemake.input.body,
        snakemake.output[0],
        FitSettings(**settings),
        preset,
        snakemake.params.seed,
    )
    judged = snakemake.params.judged
    check_fit(snakemake.output[0], FlagSettings(**judged["flag"]), judged["flagged"])
