"""A job as code outside Snakemake sees it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """A file that the workflow should make: by which rule, logged where, for which wildcards.

    wildcards: their values, in the order in which the rule's output names them. stage: the one it
    belongs to, as in `plan.expected.TARGETS`. also: the other files of the same job.
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
        """The benchmark file that Snakemake writes once the job has succeeded."""
        return self.log.replace("/logs/", "/benchmarks/", 1).removesuffix(".log") + ".tsv"
