"""What an identity's video shows of the person."""

from job import job

with job(snakemake):
    from understudy.coverage.flags import tell_coverage
    from understudy.coverage.measure import measure_coverage
    from understudy.coverage.settings import CoverageLimits

    files, out = snakemake.input, snakemake.output[0]
    coverage = measure_coverage(files.video, files.masks, files.fit, files.body, out)
    tell_coverage(files.video, coverage, CoverageLimits(**snakemake.params.limits))
