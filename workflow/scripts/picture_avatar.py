"""An avatar turning around on white."""

from job import job

with job(snakemake):
    from understudy.artifacts.avatar import load_avatar
    from understudy.avatar.inspection.portraits import write_turntable
    from understudy.body.load import load_body

    body = load_body(snakemake.input.body)
    write_turntable(snakemake.output[0], load_avatar(snakemake.input.avatar, body))
