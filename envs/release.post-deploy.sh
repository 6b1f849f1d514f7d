#!/usr/bin/env bash
# c2pa-python requires what it does not need here: what its build downloads its library with.
set -euo pipefail
python -m pip install --quiet --no-deps \
    c2pa-python==0.38.1
