"""A job as others than Snakemake know it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """A file that the workflow should have made: by which rule, logged where, about whom.

    wildcards: their values, in the order in which the rule's output names them. stage: what it is a
    part of, as `plan.expected.TARGETS` name it. also: the other files of the same job.
    """

    path: str
    rule: str
    log: str
    subject: str = ""
    wildcards: tuple[str, ...] = ()
    stage: str = ""
    also: tuple[str, ...] = ()

    @property
    def benchmark(self) -> str:
        """What Snakemake measured of the job, once it ended well."""
        return self.log.replace("/logs/", "/benchmarks/", 1).removesuffix(".log") + ".tsv"
