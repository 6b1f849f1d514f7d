"""Let Python compile what jobs import, and nothing else, by importing the library and Snakemake.

The installation compiles nothing: all there is would take a tenth of the environment. Left to the
jobs, several would compile the same at once, and those of an environment that they cannot write
would do so each time.
"""

import contextlib
import importlib
import pkgutil
import sys

sys.dont_write_bytecode = False  # some containers say so of all Python

import snakemake.cli  # noqa: E402, F401

import understudy  # noqa: E402

for module in pkgutil.walk_packages(understudy.__path__, "understudy."):
    if not module.name.endswith("__main__"):
        with contextlib.suppress(ImportError):  # of packages that only some back-ends need
            importlib.import_module(module.name)
