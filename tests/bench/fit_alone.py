"""One fit in its own process, as its job runs it: how long it takes, and how much memory.

`python -m tests.bench.fit_alone KEYPOINTS EXPRESSION HANDS BODY OUT PRESET` prints both as JSON.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.figures import ROOT

THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # as workflow/scripts/job.py sets


def fit_alone(paths: list[Path], preset: str) -> dict[str, float]:
    """{"seconds", "cpu", "gb"} of a fit (wall-clock and CPU): paths and preset are the command's
    arguments."""
    command = [sys.executable, "-m", "tests.bench.fit_alone", *map(str, paths), preset]
    environment = {**os.environ, **THREADS}
    run = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(run.stdout.splitlines()[-1])


def peak_gb() -> float:
    """Peak resident memory since the process began, from Linux's /proc.

    getrusage's figure also counts what the parent held when it forked.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024**2


if __name__ == "__main__":
    from understudy.fitting.fit import fit_body
    from understudy.fitting.settings import FitSettings

    begin, worked = time.perf_counter(), time.process_time()
    fit_body(*sys.argv[1:6], FitSettings(), preset=sys.argv[6])
    seconds, cpu = time.perf_counter() - begin, time.process_time() - worked
    print(json.dumps({"seconds": seconds, "cpu": cpu, "gb": peak_gb()}))
