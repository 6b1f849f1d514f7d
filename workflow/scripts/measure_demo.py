"""Measure each stage of the demo against the demo world's ground truth."""

from job import job

with job(snakemake):
    from understudy.demo.measure import Source, measure_demo
    from understudy.demo.measure_rooms import Photos

    files, told = snakemake.input, snakemake.params
    identities = [
        Source(*row)
        for row in zip(
            told.identities,
            files.identity_truth,
            files.identity_facts,
            files.identity_keypoints,
            files.identity_fits,
            files.masks,
            strict=True,
        )
    ]
    references = [
        Source(*row)
        for row in zip(
            told.references,
            files.reference_truth,
            files.reference_facts,
            files.reference_keypoints,
            files.reference_fits,
            strict=True,
        )
    ]
    measure_demo(
        identities,
        references,
        list(files.avatars),
        list(files.metrics),
        list(files.held_out),
        files.body,
        told.placement,
        list(files.labels),
        Photos(told.rooms, **told.photos),
        snakemake.output.accuracy,
        snakemake.output.held_out,
    )
