"""One person re-enacts one reference on the floor of a photo's room."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.scene.in_room import render_in_room
    from understudy.scene.settings import CompositeSettings
    from understudy.sources import record_path, remember

    files, told, made = snakemake.input, snakemake.params, snakemake.output
    ids, versions = zip(*told.sources, strict=True)
    paths, records = told.images
    images = dict(zip(ids, paths, strict=True))
    shown = render_in_room(
        files.avatar,
        Path(files.avatar).with_name("trained.npz"),
        files.fit,
        told.body,
        dict(zip(ids, files.rooms, strict=True)),
        images,
        snakemake.wildcards.view,
        made.video,
        made.labels,
        CompositeSettings(**told.settings),
        told.device,
    )
    version = dict(zip(ids, versions, strict=True))[shown]
    remember(record_path(records, "background", shown), shown, images[shown], version)
