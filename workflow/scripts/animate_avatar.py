"""One person re-enacts one reference: an RGBA master and a white video."""

from job import job

with job(snakemake):
    from understudy.scene.animate import animate_avatar
    from understudy.scene.settings import AnimateSettings

    animate_avatar(
        snakemake.input.avatar,
        snakemake.input.fit,
        snakemake.input.body,
        snakemake.output.white,
        snakemake.wildcards.view,
        AnimateSettings(placement=snakemake.params.placement, crf=snakemake.params.crf),
        snakemake.output.rgba or None,
        snakemake.params.device,
    )
