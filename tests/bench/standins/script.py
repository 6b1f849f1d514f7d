"""Takes the place of a script of the workflow: its outputs are one line each.

What else its job is to do, standins.json says by rule and id: take memory (MB) and keep it for
seconds; on its first try wait to be ended; find the quota used up while a file named full is there.
"""

import errno
import json
import os
import time
from pathlib import Path

from job import job

with job(snakemake):
    from understudy.files import write_text

    told = json.loads(Path("standins.json").read_text()).get(snakemake.rule, {})
    own = told.get(dict(snakemake.wildcards).get("id"), {})
    begun = Path(f"{snakemake.output[0]}.begun")
    first = not begun.exists()
    if own:
        begun.parent.mkdir(parents=True, exist_ok=True)
        begun.touch()
    if "memory_mb" in own:
        taken = bytearray(os.urandom(1 << 20) * own["memory_mb"])
        time.sleep(own["seconds"])
    if own.get("waits") and first:
        time.sleep(600)
    if own.get("quota") and Path("full").exists():

        def refused(source, target):
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), source)

        os.replace = refused
    for path in snakemake.output:
        write_text(path, "made\n")
