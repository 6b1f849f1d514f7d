"""A source video brought to its constant size, length and frame rate."""

from job import job

with job(snakemake):
    from understudy.video.normalise import NormaliseSettings, normalise_video

    row = snakemake.params.row
    normalise_video(
        row["video"],
        snakemake.output.video,
        snakemake.output.facts,
        NormaliseSettings(**snakemake.params.settings, start=row.get("start"), end=row.get("end")),
    )
