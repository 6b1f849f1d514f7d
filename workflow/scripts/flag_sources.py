"""What each reference and each identity was flagged for."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.coverage.settings import CoverageLimits
    from understudy.dataset.flag_sources import flag_sources
    from understudy.fitting.settings import FlagSettings

    files, told = snakemake.input, snakemake.params

    def by_id(paths):
        return {Path(path).stem: path for path in paths}

    flag_sources(
        by_id(files.references),
        by_id(files.identities),
        by_id(files.coverage),
        FlagSettings(**told.limits),
        CoverageLimits(**told.coverage_limits),
        snakemake.output[0],
    )
