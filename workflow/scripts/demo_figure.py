"""A person of the demo world, made once."""

from job import job

with job(snakemake):
    from understudy.demo.figure import save_figure
    from understudy.demo.people import make_person

    save_figure(snakemake.output[0], make_person(snakemake.wildcards.person))
