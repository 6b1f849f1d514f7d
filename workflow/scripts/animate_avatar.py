"""One person re-enacts one reference: an RGBA master and a white video."""

from job import job

with job(snakemake):
    from understudy.scene.animate import animate_avatar
    from understudy.scene.settings import AnimateSettings

    told = snakemake.params
    animate_avatar(
        snakemake.input.avatar,
        snakemake.input.fit,
        snakemake.input.body,
        snakemake.output.white,
        snakemake.output.labels,
        snakemake.wildcards.view,
        AnimateSettings(told.placement, crf=told.crf, depth=told.depth),
        snakemake.output.rgba or None,
        told.device,
    )
