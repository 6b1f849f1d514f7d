"""Python runs this first in every job: what Snakemake told each script is kept in the folder that
UNDERSTUDY_JOBS names, to be run again."""

import atexit
import os
import pickle
import sys


def keep():
    told = sys.modules["__main__"].snakemake
    name = os.path.basename(sys.orig_argv[-1]).split(".")[-2]
    with open(os.path.join(os.environ["UNDERSTUDY_JOBS"], f"{name}.{os.getpid()}"), "wb") as stream:
        pickle.dump(told, stream)


if "UNDERSTUDY_JOBS" in os.environ and ".snakemake/scripts/" in sys.orig_argv[-1]:
    atexit.register(keep)
