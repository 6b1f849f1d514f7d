"""The job graph as dot text, from Snakemake itself."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.files import write_text
    from understudy.forecast.dryrun import rule_graph

    configs = [argument for path in snakemake.params.configs for argument in ("--configfile", path)]
    graph = rule_graph(Path(snakemake.params.snakefile), configs)
    write_text(snakemake.output[0], graph)
