"""The dataset for others, in a folder that stands by itself."""

import shutil
import sys
from pathlib import Path

from job import job

with job(snakemake):
    told, out = snakemake.params, Path(snakemake.output[0]).parent
    # Of an earlier release, Snakemake has removed no more than the file that it knows of.
    shutil.rmtree(out)

    from understudy.release.installed import needs_signing
    from understudy.release.settings import ReleaseSettings

    with needs_signing():
        from understudy.release.publish import publish

    dataset, settings = Path(snakemake.input.manifest).parent, ReleaseSettings(**told.settings)
    for line in publish(dataset, told.title, told.licence, settings, out):
        print(line, file=sys.stderr)
