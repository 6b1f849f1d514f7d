"""What Snakemake itself reports before a run: the jobs due, and the rule graph."""

import os
import re
import subprocess
import sys
from pathlib import Path

from understudy.checkout import ROOT
from understudy.errors import UserError
from understudy.plan.records import are_in_database

TABLE = re.compile(r"^job +count\n[- ]+\n(.*?)^total +\d+$", re.MULTILINE | re.DOTALL)


def jobs_due(snakefile: Path, options: list[str]) -> dict[str, int]:
    """rule -> how many jobs of it would run: its files are missing, or stale."""
    told = _snakemake(snakefile, ["--dry-run", "--quiet", "rules", *options])
    table = TABLE.search(told)
    rows = [line.split() for line in table[1].splitlines()] if table else []
    return {rule: int(count) for rule, count in rows if rule != "all"}


def rule_graph(snakefile: Path, options: list[str]) -> str:
    """The rules and which needs which, as dot text."""
    told = _snakemake(snakefile, ["--rulegraph", *options])
    return told[told.index("digraph") :]


def _snakemake(snakefile: Path, arguments: list[str]) -> str:
    """Snakemake's output; its error message as a UserError."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--nolock"]
    if are_in_database(Path.cwd()):
        command += ["--persistence-backend", "db"]
    # The logger of the profile is a package next to this one; conda jobs do not have it installed.
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'workflow/logger'}"}
    run = subprocess.run([*command, *arguments], env=environment, text=True, capture_output=True)
    if run.returncode:
        lines = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
        raise UserError("\n".join(lines[-5:]))
    return run.stdout
