"""The job graph as dot text, asked of Snakemake itself."""

import subprocess
import sys

from job import job

with job(snakemake):
    from understudy.files import write_text

    configs = [argument for path in snakemake.params.configs for argument in ("--configfile", path)]
    command = [sys.executable, "-m", "snakemake", "--rulegraph", "--nolock", *configs]
    run = subprocess.run(command, text=True, capture_output=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr)
    write_text(snakemake.output[0], run.stdout[run.stdout.index("digraph") :])
