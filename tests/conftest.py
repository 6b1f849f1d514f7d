"""One thread per test: BLAS threads waiting for each other cost four times the work they share."""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when numpy and torch are imported, after this

pytest_plugins = ["workflow_fixtures"]  # tests/workflow: a checkout, fresh or run to its end
