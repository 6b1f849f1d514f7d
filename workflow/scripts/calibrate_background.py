"""The camera, the floor and the light of a background photo."""

from job import job

with job(snakemake):
    from understudy.room.calibrate import calibrate_background
    from understudy.room.told import Told
    from understudy.sources import record_path, remember

    params, id_ = snakemake.params, snakemake.wildcards.background
    image, records = params.files
    told = Told(**params.told)
    weights = dict(zip(params.weights, snakemake.input.weights, strict=True))
    people = snakemake.input.people
    calibrate_background(image, snakemake.output[0], told, people, params.backend, weights)
    remember(record_path(records, "background", id_), id_, image, params.source)
    if told.mask:
        remember(record_path(records, "floor", id_), id_, told.mask, params.mask)
