"""What Snakemake recorded of a file that it made."""

from base64 import urlsafe_b64encode
from pathlib import Path

RECORDS = Path(".snakemake")
LONGEST = 255  # bytes of a file's name


def was_made(path: str, records: Path = RECORDS) -> bool:
    """Whether a job made the file and ended well: Snakemake keeps a record until the job fails.

    It files records by the path in URL-safe base64, cut where a name would be too long, and marks
    the files of jobs that run, or were killed, as incomplete (snakemake/persistence/file.py, 9.27).
    """
    name = urlsafe_b64encode(path.encode()).decode()
    cut = [name[i : i + LONGEST - 1] for i in range(0, len(name), LONGEST - 1)]
    parts = [*(f"@{part}" for part in cut[:-1]), cut[-1]]
    made, incomplete = (
        records.joinpath(kind, *parts).is_file() for kind in ("metadata", "incomplete")
    )
    return made and not incomplete
