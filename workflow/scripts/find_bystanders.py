"""Who is in a background photo, in which nobody should be."""

from job import job

with job(snakemake):
    from understudy.features.mediapipe.bystanders import find_bystanders

    find_bystanders(snakemake.params.image, snakemake.output[0])
