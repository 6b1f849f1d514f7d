"""What each reference and each identity was flagged for."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.fitting.flag_sources import flag_sources
    from understudy.fitting.settings import FlagSettings

    flag_sources(
        {Path(path).stem: path for path in snakemake.input.references},
        {Path(path).stem: path for path in snakemake.input.identities},
        FlagSettings(**snakemake.params.limits),
        snakemake.output[0],
    )
