"""A second of work, then the file; or the failure that was requested."""

import os
import sys
import time
from pathlib import Path

began = time.time()
time.sleep(1)
with open("ledger.tsv", "a") as ledger:
    ledger.write(f"{snakemake.output[0]}\t{began}\t{time.time()}\t{os.getpid()}\n")
if snakemake.params.get("broken"):
    sys.exit(1)
temporary = Path(f"{snakemake.output[0]}.part")
temporary.write_text("made\n")
temporary.rename(snakemake.output[0])
