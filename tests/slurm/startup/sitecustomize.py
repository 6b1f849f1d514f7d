"""Python runs this first in every job: the workflow's scripts record what they made.

One JSON line when a script begins and one when it ends, in the file that UNDERSTUDY_LEDGER names.
"""

import atexit
import json
import os
import sys
import time

BEGAN = time.time()


def write(event):
    """Append one line; a write this short is not torn by another job's."""
    entry = {
        "event": event,
        "script": os.path.basename(sys.orig_argv[-1]).split(".")[-2],
        "pid": os.getpid(),
        "time": time.time(),
        "gpu": os.environ.get("CUDA_VISIBLE_DEVICES"),
        "node": os.environ.get("SLURMD_NODENAME"),
        "job": os.environ.get("SLURM_JOB_ID"),
    }
    if event == "end":
        told = sys.modules["__main__"].snakemake
        entry["made"] = [
            path
            for path in map(str, told.output)
            if os.path.exists(path) and os.stat(path).st_ctime >= BEGAN - 0.1
        ]
    with open(os.environ["UNDERSTUDY_LEDGER"], "a") as ledger:
        ledger.write(json.dumps(entry) + "\n")


if "UNDERSTUDY_LEDGER" in os.environ and ".snakemake/scripts/" in sys.orig_argv[-1]:
    write("begin")
    atexit.register(write, "end")
