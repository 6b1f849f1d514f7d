"""`python -m tests.bench.environments`: whether pip can resolve each environment from the index.

Nothing is installed. It needs a network, so it is not part of `make test`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.figures import ROOT
from tests.unit.test_environments import ENVIRONMENTS, pip_lines


def packages(lines: list[str]) -> int:
    """How many packages pip would install for these requirements. RuntimeError if it cannot."""
    with tempfile.TemporaryDirectory() as folder:
        wanted, report = Path(folder, "requirements.txt"), Path(folder, "report.json")
        wanted.write_text("\n".join(lines))
        pip = (sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed")
        run = subprocess.run(
            [*pip, "--quiet", "--report", str(report), "-r", str(wanted)],
            text=True,
            capture_output=True,
        )
        if run.returncode:
            raise RuntimeError(run.stderr)
        return len(json.loads(report.read_text())["install"])


if __name__ == "__main__":
    for path in ENVIRONMENTS:
        count = packages(pip_lines(path))
        print(f"{path.relative_to(ROOT)}: resolves to {count} packages", flush=True)
