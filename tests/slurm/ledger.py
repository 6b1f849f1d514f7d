"""A ledger of what the workflow's scripts made, written as each begins and ends."""

import json
from dataclasses import dataclass
from pathlib import Path

STARTUP = Path(__file__).parent / "startup"  # its sitecustomize.py writes the ledger


@dataclass(frozen=True)
class Made:
    """One script that ran: its name, process, SLURM job, node, GPU, when (s), what it made.

    If it was killed, `end` is None and it made nothing.
    """

    script: str
    pid: int
    job: str | None
    node: str | None
    gpu: str | None
    begin: float
    end: float | None
    files: tuple[str, ...]


def variables(ledger: Path, workflow: Path) -> dict[str, str]:
    """What a Snakemake's environment needs so that its scripts keep the ledger."""
    return {"PYTHONPATH": f"{STARTUP}:{workflow}", "UNDERSTUDY_LEDGER": str(ledger)}


def read_ledger(ledger: Path) -> list[Made]:
    """Every script that began, in order."""
    if not ledger.exists():
        return []
    entries = [json.loads(line) for line in ledger.read_text().splitlines()]
    ends = {(e["pid"], e["script"]): e for e in entries if e["event"] == "end"}
    made = []
    for entry in entries:
        if entry["event"] == "begin":
            end = ends.get((entry["pid"], entry["script"]), {})
            made.append(
                Made(
                    *(entry["script"], entry["pid"], entry["job"], entry["node"], entry["gpu"]),
                    *(entry["time"], end.get("time"), tuple(end.get("made", ()))),
                )
            )
    return made
