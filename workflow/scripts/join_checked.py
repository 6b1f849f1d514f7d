"""Join the checks of all synthetic videos."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.dataset.checks import join_checked

    join_checked([Path(table) for table in snakemake.input], snakemake.output[0])
