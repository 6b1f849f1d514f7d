"""`python -m snakemake`, but SLURM is asked for its jobs every second: left alone, the executor
waits ten seconds longer each time that no job has ended."""

from snakemake.cli import main
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor

RemoteExecutor.next_seconds_between_status_checks = property(
    lambda executor: 1, lambda executor, seconds: None
)

if __name__ == "__main__":
    main()
